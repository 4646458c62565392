import type { SdkVisitor } from './sdk-visitor.js';
import { toneLevelDb } from './tone.js';

// Signs by which two people who use the Vircadia Web SDK notice that a world works. What is waited for was made just now,
// because a page that has not noticed the death of something still says that all is well.

/** How long one sign is waited for, in ms. The SDK itself needs seconds to notice that it has to connect anew. */
const SIGN_MS_MAX = 25_000;
const AUDIBLE_DB = -40;
const AGAIN_MS = 300;

/** How loud a tone is in each ear, in dB of full scale. */
export interface EarLevels {
  left: number;
  right: number;
}

/** The channel that everybody here subscribes to. */
export const CHANNEL = 'signs';

/** `listener` hears a tone that `speaker` has not hummed before. */
export async function untilHears(listener: SdkVisitor, speaker: SdkVisitor, toneHz: number): Promise<EarLevels> {
  await speaker.do('hums', (hz) => window.sdk!.setTone(hz), toneHz);
  const giveUpAt = Date.now() + SIGN_MS_MAX;
  const heardDb: string[] = [];
  while (Date.now() < giveUpAt) {
    const { left, right } = await levelsOf(listener, toneHz, 200);
    heardDb.push(`${Math.round(left)}/${Math.round(right)}`);
    if (Math.max(left, right) > AUDIBLE_DB) return levelsOf(listener, toneHz, 500);
  }
  throw new Error(`${listener.name} does not hear ${toneHz} Hz within ${SIGN_MS_MAX} ms: ${heardDb.join(', ')} dB`);
}

export async function levelsOf(listener: SdkVisitor, toneHz: number, durationMs: number): Promise<EarLevels> {
  const { left, right } = await listener.listen(durationMs);
  return { left: toneLevelDb(left, toneHz), right: toneLevelDb(right, toneHz) };
}

/** `seer` sees a step of `walker`. */
export async function untilMoves(walker: SdkVisitor, seer: SdkVisitor): Promise<void> {
  const x = await walker.do(
    'makes a step',
    () => {
      const { myAvatar } = window.sdk!;
      const { x: before, y, z } = myAvatar.position;
      // To and fro, so that everybody stays on the same side of everybody.
      const step = Math.round(before * 8) % 2 === 0 ? 0.125 : -0.125;
      myAvatar.position = { x: before + step, y, z };
      return before + step;
    },
    undefined,
  );
  await seer.until(
    `see ${walker.name} step to ${x}`,
    ({ name, to }) => window.sdk!.others().some((one) => one.name === name && Math.abs(one.position.x - to) < 0.01),
    { name: walker.name, to: x },
    SIGN_MS_MAX,
  );
}

/** `reader` reads what `writer` says, who says it again while nobody passes it on. */
export async function untilReads(reader: SdkVisitor, writer: SdkVisitor, text: string): Promise<void> {
  const giveUpAt = Date.now() + SIGN_MS_MAX;
  const hasRead = (said: string): boolean => window.sdk!.read.some((message) => message.text === said);
  while (!(await reader.do('looks at what it has read', hasRead, text))) {
    if (Date.now() > giveUpAt) {
      throw new Error(
        `${reader.name} does not read "${text}" within ${SIGN_MS_MAX} ms\n${reader.said.slice(-10).join('\n')}`,
      );
    }
    await writer.do('says it', ({ to, said }) => window.sdk!.messages.sendMessage(to, said), {
      to: CHANNEL,
      said: text,
    });
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** All signs between two, both ways. Resolves to how long it took, in ms. */
export async function untilWhole(ada: SdkVisitor, ben: SdkVisitor, round: number): Promise<number> {
  const beganAt = Date.now();
  // Tones of their own for each round, and far enough apart to tell the two.
  const toneHz = 400 + 40 * round;
  await Promise.all([
    untilHears(ada, ben, toneHz),
    untilHears(ben, ada, toneHz + 1_000),
    untilMoves(ada, ben),
    untilMoves(ben, ada),
    untilReads(ada, ben, `Ben's ${round}`),
    untilReads(ben, ada, `Ada's ${round}`),
  ]);
  await Promise.all([ada.untilConnected(SIGN_MS_MAX), ben.untilConnected(SIGN_MS_MAX)]);
  return Date.now() - beganAt;
}
