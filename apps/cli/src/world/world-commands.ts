import { at } from './at.command.js';
import { create } from './create.command.js';
import { exportCommand } from './export.command.js';
import { fork } from './fork.command.js';
import { importCommand } from './import.command.js';
import { list } from './list.command.js';
import { log } from './log.command.js';
import { restore } from './restore.command.js';
import { snapshot } from './snapshot.command.js';
import { undo } from './undo.command.js';
import { verify } from './verify.command.js';
import type { WorldCommand } from './world-command.js';

/** All commands, in the order in which the help has them. */
export const WORLD_COMMANDS: ReadonlyMap<string, WorldCommand> = new Map([
  ['list', list],
  ['create', create],
  ['export', exportCommand],
  ['import', importCommand],
  ['snapshot', snapshot],
  ['restore', restore],
  ['fork', fork],
  ['log', log],
  ['at', at],
  ['undo', undo],
  ['verify', verify],
]);
