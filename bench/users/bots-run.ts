import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BotFigure } from '../../apps/cli/src/bots/crowd-report.js';
import { slowEnvironment } from './measured-domain.js';
import { processTree } from './process-cpu.js';

const CLI = fileURLToPath(new URL('../../apps/cli/src/main.js', import.meta.url));

/** What `vicinity bots` has measured, and what it took itself. */
export interface BotsRun {
  readonly figures: ReadonlyMap<string, number>;
  readonly remarks: readonly string[];
  /** Processor time of the bots while it was measured, in seconds. */
  readonly cpuSeconds: number;
}

/** What happens while bots are measured. */
export interface BotsWatch {
  begin(): Promise<void> | void;
  end(): Promise<void> | void;
}

/**
 * Runs `vicinity bots` in processes of its own.
 *
 * @param flags   of `vicinity bots`
 * @param factor  so many times slower
 * @param watch   is told when measuring begins and when it has ended, within a few ms
 */
export async function runBots(flags: readonly string[], factor: number, watch: BotsWatch): Promise<BotsRun> {
  const folder = mkdtempSync(join(tmpdir(), 'vicinity-bots-'));
  const file = join(folder, 'bots.json');
  const child = spawn(process.execPath, [CLI, 'bots', ...flags, '--json', file], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: slowEnvironment(factor),
  });
  const said: string[] = [];
  let cpuSeconds = 0;
  let watching: Promise<void> = Promise.resolve();
  const cpu = (): number => processTree(child.pid ?? 0).reduce((sum, each) => sum + each.cpuSeconds, 0);
  createInterface({ input: child.stderr! }).on('line', (line) => {
    said.push(line);
    if (line === 'Measuring.') {
      cpuSeconds = -cpu();
      watching = watching.then(() => watch.begin());
    } else if (line === 'Measured.') {
      cpuSeconds += cpu();
      watching = watching.then(() => watch.end());
    }
  });
  try {
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    await watching;
    if (code !== 0) throw new Error(`vicinity bots ended with ${code}: ${said.join('\n')}`);
    const report = JSON.parse(readFileSync(file, 'utf8')) as { figures: BotFigure[]; remarks: string[] };
    const figures = new Map(report.figures.map(({ name, value }) => [name.replace(/^bots\./, ''), value ?? NaN]));
    return { figures, remarks: report.remarks, cpuSeconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
