import { AUDIO_FRAME_MS } from '@app/vircadia';
import type { BotReading, CountName, CrowdReading, HistogramName } from './crowd-tally.js';
import { Histogram } from './histogram.js';

/** One measured number. */
export interface BotFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const FRAMES_HZ = 1_000 / AUDIO_FRAME_MS;

/** All figures of a run; names stay the same, so that runs can be compared. NaN: nothing of the kind was measured. */
export function figuresOf(readings: readonly CrowdReading[]): BotFigure[] {
  const bots = readings.flatMap((reading) => reading.bots);
  const seconds = Math.max(0.001, ...readings.map((reading) => reading.seconds));
  const count = (name: CountName): number => sum(readings.map(({ counts }) => counts[name]));
  const all = (name: HistogramName): Histogram => {
    const histogram = new Histogram(STEPS[name] ?? 0.1);
    for (const { histograms } of readings) histogram.addAll(histograms[name]);
    return histogram;
  };
  const figures: BotFigure[] = [];
  const tell = (name: string, value: number, unit: string): void => void figures.push({ name, value, unit });
  const tellTimes = (name: string, histogram: Histogram): void => {
    tell(`${name}.p50`, histogram.quantile(0.5), 'ms');
    tell(`${name}.p99`, histogram.quantile(0.99), 'ms');
  };
  const perBot = (value: (bot: BotReading) => number): number => sum(bots.map(value)) / bots.length;

  tell('bots.count', bots.length, 'bots');
  tell('bots.seconds', seconds, 's');
  tell('bots.joins', count('joins'), 'joins');
  tell('bots.lost', count('lost'), 'visits');
  tell('bots.denied', count('denied'), 'answers');
  tellTimes('bots.join_ms', all('join'));
  tellTimes('bots.list_ms', all('list'));

  const heard = perBot((bot) => bot.mixes + bot.silences);
  tell('bots.mixes_per_second', heard / seconds, '1/s');
  tell('bots.mixes_per_second_min', Math.min(...bots.map((bot) => bot.mixes + bot.silences)) / seconds, '1/s');
  tell('bots.mix_share', heard / (seconds * FRAMES_HZ), 'of all');
  const silences = sum(bots.map((bot) => bot.silences));
  tell('bots.silent_share', silences / Math.max(1, heard * bots.length), 'of mixes');
  tell('bots.deaf', bots.filter((bot) => bot.mixes === 0).length, 'bots');
  tell('bots.gaps', sum(bots.map((bot) => bot.missing)), 'frames');
  tell('bots.late', sum(bots.map((bot) => bot.late)), 'frames');
  tell('bots.with_gaps', bots.filter((bot) => bot.missing + bot.late > 0).length, 'bots');
  tell('bots.mix_interval_ms.p99', all('mixInterval').quantile(0.99), 'ms');
  const delay = all('delay');
  tellTimes('bots.added_delay_ms', delay);
  tell('bots.mouth_to_ear_ms.p50', delay.quantile(0.5) + AUDIO_FRAME_MS, 'ms');
  tell('bots.mouth_to_ear_ms.p99', delay.quantile(0.99) + AUDIO_FRAME_MS, 'ms');
  tell('bots.markers_heard', delay.count, 'markers');
  tell('bots.markers_sent', count('markersSent'), 'markers');

  tell(
    'bots.avatars_seen',
    perBot((bot) => bot.seen),
    'avatars',
  );
  tell('bots.avatar_updates_hz', perBot((bot) => (bot.seen > 0 ? bot.updates / bot.seen : 0)) / seconds, '1/s');
  tell('bots.avatar_joints_hz', perBot((bot) => (bot.seen > 0 ? bot.withJoints / bot.seen : 0)) / seconds, '1/s');
  tell('bots.avatar_kbit_per_second', (perBot((bot) => bot.avatarBytes) * 8) / 1_000 / seconds, 'kbit/s');
  tellTimes('bots.avatar_age_ms', all('avatarAge'));
  tellTimes('bots.avatar_interval_ms', all('avatarInterval'));

  tell('bots.chat_sent', count('chatSent'), 'lines');
  tell('bots.chat_heard', count('chatHeard'), 'lines');
  tellTimes('bots.chat_delay_ms', all('chatDelay'));
  tell('bots.edits_sent', count('editsSent'), 'edits');
  tell('bots.entity_packets', count('entityPackets'), 'packets');

  tell('bots.datagrams_in_per_second', count('datagramsIn') / seconds / bots.length, '1/s');
  tell('bots.datagrams_out_per_second', count('datagramsOut') / seconds / bots.length, '1/s');
  tell('bots.kbit_in_per_second', (count('bytesIn') * 8) / 1_000 / seconds / bots.length, 'kbit/s');
  tell('bots.kbit_out_per_second', (count('bytesOut') * 8) / 1_000 / seconds / bots.length, 'kbit/s');
  tell('bots.datagrams_lost', count('datagramsLost'), 'datagrams');
  tell('bots.faults', sum(bots.map((bot) => bot.faults)), 'packets');
  tell('bots.own_lateness_ms.p99', all('lateness').quantile(0.99), 'ms');
  tell('bots.own_frames_skipped', count('framesSkipped'), 'frames');
  return figures;
}

/** What must not go unnoticed, in sentences. */
export function remarksOf(readings: readonly CrowdReading[], expected: number): string[] {
  const remarks: string[] = [];
  const joined = readings.flatMap((reading) => reading.bots).filter((bot) => bot.mixes + bot.silences > 0).length;
  if (joined < expected) remarks.push(`Only ${joined} of ${expected} bots were served while it was measured.`);
  const skipped = sum(readings.map(({ counts }) => counts.framesSkipped));
  const sent = sum(readings.map(({ counts }) => counts.framesSent));
  if (skipped > 0) {
    const percent = ((100 * skipped) / (sent + skipped)).toFixed(1);
    remarks.push(`This machine is too slow for so many bots: they left out ${percent} % of what they wanted to say.`);
  }
  const refusals = new Map<string, number>();
  for (const [reason, times] of readings.flatMap((reading) => reading.refusals)) {
    refusals.set(reason, (refusals.get(reason) ?? 0) + times);
  }
  for (const [reason, times] of refusals) {
    remarks.push(`Not let in ${times} times: ${reason}`);
  }
  return remarks;
}

/** Kept to whole milliseconds, because the wall clock has no more. */
const STEPS: Partial<Record<HistogramName, number>> = { avatarAge: 1, chatDelay: 1 };

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
