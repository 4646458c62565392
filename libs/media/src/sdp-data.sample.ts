const FINGERPRINT = '0B:D2:61:7C:4E:9A:33:F8:15:A7:C6:5D:E0:29:84:BB:72:1F:96:4A:D8:03:6E:B5:58:C1:AF:17:EC:40:3D:89';

/** An offer of one data channel in the form that Chromium gives it, with invented numbers, for tests. */
export const CHROMIUM_DATA_OFFER =
  [
    'v=0',
    'o=- 6302450938127345 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    'a=ice-ufrag:pW3k',
    'a=ice-pwd:Zq8mB2xV0nT6rYc4LsHd7eJu',
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${FINGERPRINT}`,
    'a=setup:actpass',
    'a=mid:0',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
  ].join('\r\n') + '\r\n';
