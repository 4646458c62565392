// Four signals side by side: frame n of all four is one vector. What cannot be computed for four frames at once, because
// each needs the one before, is computed for four signals at once.

/** Takes `bytes` (a multiple of 16) of each of four signals and writes four times as much. */
export function interleave(from0: usize, from1: usize, from2: usize, from3: usize, to: usize, bytes: usize): void {
  for (let offset: usize = 0; offset < bytes; offset += 16) {
    const row0 = v128.load(from0 + offset);
    const row1 = v128.load(from1 + offset);
    const row2 = v128.load(from2 + offset);
    const row3 = v128.load(from3 + offset);
    const begin01 = v128.shuffle<f32>(row0, row1, 0, 4, 1, 5);
    const begin23 = v128.shuffle<f32>(row2, row3, 0, 4, 1, 5);
    const end01 = v128.shuffle<f32>(row0, row1, 2, 6, 3, 7);
    const end23 = v128.shuffle<f32>(row2, row3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(begin01, begin23, 0, 1, 4, 5));
    v128.store(to, v128.shuffle<f32>(begin01, begin23, 2, 3, 6, 7), 16);
    v128.store(to, v128.shuffle<f32>(end01, end23, 0, 1, 4, 5), 32);
    v128.store(to, v128.shuffle<f32>(end01, end23, 2, 3, 6, 7), 48);
    to += 64;
  }
}

/** The way back: `bytes` for each of four signals. */
export function deinterleave(from: usize, to0: usize, to1: usize, to2: usize, to3: usize, bytes: usize): void {
  for (let offset: usize = 0; offset < bytes; offset += 16) {
    const frame0 = v128.load(from);
    const frame1 = v128.load(from, 16);
    const frame2 = v128.load(from, 32);
    const frame3 = v128.load(from, 48);
    const begin01 = v128.shuffle<f32>(frame0, frame1, 0, 4, 1, 5);
    const begin23 = v128.shuffle<f32>(frame2, frame3, 0, 4, 1, 5);
    const end01 = v128.shuffle<f32>(frame0, frame1, 2, 6, 3, 7);
    const end23 = v128.shuffle<f32>(frame2, frame3, 2, 6, 3, 7);
    v128.store(to0 + offset, v128.shuffle<f32>(begin01, begin23, 0, 1, 4, 5));
    v128.store(to1 + offset, v128.shuffle<f32>(begin01, begin23, 2, 3, 6, 7));
    v128.store(to2 + offset, v128.shuffle<f32>(end01, end23, 0, 1, 4, 5));
    v128.store(to3 + offset, v128.shuffle<f32>(end01, end23, 2, 3, 6, 7));
    from += 64;
  }
}
