import { EvanOpusCodec, type OpusCodec, type OpusDecoder, type OpusEncoder, type OpusEncoderOptions } from '@app/opus';

/** The real codec; counts what is open and what is asked of it. */
export class CountingCodec implements OpusCodec {
  open = 0;
  encodes = 0;
  readonly complexities: number[] = [];
  private readonly inner = new EvanOpusCodec();

  createEncoder(options: OpusEncoderOptions): OpusEncoder {
    const encoder = this.inner.createEncoder(options);
    const place = this.complexities.push(options.complexity) - 1;
    let isOpen = true;
    this.open++;
    return {
      encode: (samples) => {
        this.encodes++;
        return encoder.encode(samples);
      },
      takeUp: (samples) => encoder.takeUp(samples),
      setComplexity: (complexity) => {
        this.complexities[place] = complexity;
        encoder.setComplexity(complexity);
      },
      close: () => {
        if (isOpen) this.open--;
        isOpen = false;
        encoder.close();
      },
    };
  }

  createDecoder(): OpusDecoder {
    return this.inner.createDecoder();
  }
}
