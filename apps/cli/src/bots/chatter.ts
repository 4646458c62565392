import type { MessagesData } from '@app/vircadia';

/** The channel on which clients of old talk. */
export const CHAT_CHANNEL = 'Chat';
const STAMP = /\bat (\d+)\b/;

/** A line of chat as those clients write it, with the time in it. */
export function chatLine(index: number, senderId: string, wallMs: number): MessagesData {
  const line = {
    message: `Bot ${index} says hello at ${Math.floor(wallMs)}`,
    displayName: `Bot ${index}`,
    type: 'TransmitChatMessage',
    channel: 'Domain',
    colour: { red: 255, green: 255, blue: 255 },
    position: { x: 0, y: 0, z: 0 },
  };
  return { channel: CHAT_CHANNEL, isText: true, data: Buffer.from(JSON.stringify(line)), senderId };
}

/** How old a line is that a bot has said, in ms; undefined for what others say. */
export function ageOfLine({ isText, data }: MessagesData, wallMs: number): number | undefined {
  const stamp = isText ? STAMP.exec(Buffer.from(data).toString('utf8')) : null;
  return stamp ? wallMs - Number(stamp[1]) : undefined;
}
