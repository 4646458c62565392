import { readFileSync } from 'node:fs';

/** One entry of vircadia-vectors.json: a real packet, or a coding by itself. See the specification, appendix 3. */
export interface Vector {
  readonly name: string;
  readonly packetType: string;
  readonly direction: 'both' | 'client->server' | 'server->client' | 'scalar';
  readonly hex: string;
  readonly fields: Readonly<Record<string, unknown>> & {
    readonly udt?: { readonly reliable?: boolean; readonly message?: boolean; readonly sequenceNumber: number };
    readonly nl?: {
      readonly type: number;
      readonly version: number;
      readonly sourceID?: number;
      readonly hmac?: string;
      readonly hmacKey?: string | null;
    };
    readonly payloadOffset?: number;
  };
}

export const VECTORS = JSON.parse(
  readFileSync(new URL('./vircadia-vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[];

export const bytesOf = ({ hex }: { readonly hex: string }): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Vectors that are packets, with both headers. */
export const PACKET_VECTORS = VECTORS.filter(({ packetType }) => !packetType.startsWith('('));
/** Vectors that are one value in its coding. */
export const CODING_VECTORS = VECTORS.filter(({ direction }) => direction === 'scalar');
