export type { OpusCodec, OpusDecoder, OpusEncoder, OpusEncoderOptions } from './codec.js';
export { EvanOpusCodec } from './evan-opus-codec.js';
export { inspectOpusPacket, type OpusPacketInfo, opusPacketFrames } from './opus-packet.js';
export { joinOpusPackets } from './join-packets.js';
