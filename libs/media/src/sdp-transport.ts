/** How a client reaches one of our transports. */
export interface TransportParameters {
  ice: { usernameFragment: string; password: string };
  candidates: ReadonlyArray<{
    foundation: string;
    priority: number;
    address: string;
    protocol: 'udp' | 'tcp';
    port: number;
    tcpType?: 'passive';
  }>;
  /** SHA-256 of the DTLS certificate: colon-separated hexadecimal. */
  fingerprintSha256: string;
}

/** The lines of a media section that say so. */
export function transportLines(parameters: TransportParameters, setup: 'actpass' | 'passive'): string[] {
  return [
    `a=ice-ufrag:${parameters.ice.usernameFragment}`,
    `a=ice-pwd:${parameters.ice.password}`,
    `a=fingerprint:sha-256 ${parameters.fingerprintSha256}`,
    `a=setup:${setup}`,
    ...parameters.candidates.map(
      (candidate) =>
        `a=candidate:${candidate.foundation} 1 ${candidate.protocol} ${candidate.priority} ${candidate.address} ` +
        `${candidate.port} typ host${candidate.tcpType ? ` tcptype ${candidate.tcpType}` : ''}`,
    ),
    'a=end-of-candidates',
  ];
}
