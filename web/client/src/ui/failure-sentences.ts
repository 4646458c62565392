import type { VicinityError } from '@vicinity/sdk';

/** What a person can do about a failure. The error itself brings the sentence that says what happened. */
const ADVICE: Record<string, string> = {
  'browser-unsupported': 'Update your browser, or open this link in another one.',
  'join-malformed': 'Reload the page.',
  'join-no-gateway': 'Try again in a few seconds.',
  'version-mismatch': 'Reload the page. If that does not help, the host has to update the server.',
  'gateway-unreachable': 'Company networks sometimes block this. Try another network.',
  'media-unreachable': 'Try another network, or ask the host to open the media port for UDP and TCP.',
  'connection-lost': 'Check your network, then join again.',
  'microphone-refused': 'You can listen, walk and write without it.',
  'microphone-missing': 'Plug one in and choose it in the settings.',
  'microphone-busy': 'Close the program that uses it, then try again.',
  'microphone-insecure-page': 'You can still listen, walk and write.',
  'microphone-unplugged': 'We try the next one that the system offers.',
  'microphone-failed': 'Choose another microphone in the settings.',
};

/** Advice by the words of a code, for failures that the server finds. */
const ADVICE_BY_WORD: ReadonlyArray<readonly [word: RegExp, advice: string]> = [
  [/full|capacity/, 'Try again in a few minutes, when somebody has left.'],
  [/world/, 'Check the link: the part after "world=" may be wrong.'],
  [/version/, 'Reload the page. If that does not help, the host has to update the server.'],
  [/flood|rate|throttl/, 'Wait a little, then join again.'],
  [/moved|replaced|elsewhere/, 'This session goes on in another tab or on another device.'],
  [/drain|shutdown|restart/, 'The host is restarting the server. Try again in a moment.'],
];

/** What to do about it; undefined when there is nothing but trying again. */
export function adviceFor(error: VicinityError): string | undefined {
  return ADVICE[error.code] ?? ADVICE_BY_WORD.find(([word]) => word.test(error.code))?.[1];
}
