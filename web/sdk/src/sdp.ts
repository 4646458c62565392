/**
 * The one place where SDP is edited.
 *
 * Browsers decode Opus to mono unless the answer says `stereo=1` (RFC 7587, section 7.1), and none of them says so by
 * itself. The mix of a listener is stereo: without this line there is no left and right.
 */

const SECTION_START = /^m=/m;

/** Splits a description into its session part and its m-line sections; joined again they are the same text. */
function splitSections(sdp: string): string[] {
  const sections: string[] = [];
  let rest = sdp;
  for (;;) {
    // The first section to cut off begins at the next m= after this one's own.
    const start = rest.startsWith('m=') ? 2 : 0;
    const next = rest.slice(start).search(SECTION_START);
    if (next < 0) break;
    sections.push(rest.slice(0, start + next));
    rest = rest.slice(start + next);
  }
  sections.push(rest);
  return sections;
}

function midOf(section: string): string | undefined {
  return /^a=mid:(\S+)/m.exec(section)?.[1];
}

/** The mids of a description's m-lines of one kind, in order. */
export function listMids(sdp: string, kind: 'audio' | 'application'): string[] {
  return splitSections(sdp)
    .filter((section) => section.startsWith(`m=${kind}`))
    .map((section) => midOf(section) ?? '');
}

/** The mids of the two audio m-lines of an offer: the one that the server sends on, and the one that it listens on. */
export function findAudioMids(offer: string): { mix: string | undefined; microphone: string | undefined } {
  let mix: string | undefined;
  let microphone: string | undefined;
  for (const section of splitSections(offer)) {
    if (!section.startsWith('m=audio')) continue;
    if (/^a=sendonly[ \t]*$/m.test(section)) mix ??= midOf(section);
    else if (/^a=recvonly[ \t]*$/m.test(section)) microphone ??= midOf(section);
  }
  return { mix, microphone };
}

function setFormatParameters(section: string, parameters: Record<string, string>): string {
  const payloadType = /^a=rtpmap:(\d+) opus\/48000\/2[ \t]*$/im.exec(section)?.[1];
  if (!payloadType) return section;
  const lineEnd = section.includes('\r\n') ? '\r\n' : '\n';
  const existing = new RegExp(`^a=fmtp:${payloadType} ([^\\r\\n]*)`, 'm').exec(section);
  const values = new Map(
    (existing?.[1] ?? '')
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => {
        const equals = part.indexOf('=');
        return equals < 0 ? ([part, ''] as const) : ([part.slice(0, equals), part.slice(equals + 1)] as const);
      }),
  );
  for (const [name, value] of Object.entries(parameters)) values.set(name, value);
  const text = [...values].map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join(';');
  const line = `a=fmtp:${payloadType} ${text}`;
  if (existing) return section.replace(existing[0], line);
  return section.replace(/^(a=rtpmap:\d+ opus\/48000\/2)[ \t]*$/im, `$1${lineEnd}${line}`);
}

/**
 * The answer with `stereo=1` on the mix, so that it is decoded in stereo.
 *
 * @param answer  an SDP answer of the browser
 * @param mixMid  the mid of the m-line that carries the mix
 */
export function preferStereo(answer: string, mixMid: string): string {
  return splitSections(answer)
    .map((section) =>
      section.startsWith('m=audio') && midOf(section) === mixMid
        ? setFormatParameters(section, { stereo: '1', 'sprop-stereo': '0' })
        : section,
    )
    .join('');
}
