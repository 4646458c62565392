import { type Broker, BrokerError, rendezvousPick, subjectOf } from '@app/broker';
import { type Clock, pause } from '@app/clock';
import type { MemberDirectory } from '@app/runtime';
import { type MessageFields, type vicinity, decodeMessage, encodeMessage } from '@app/wire';
import { SessionError } from '../session/session.errors.js';

/** How a request to the messaging role ended: an answer, or a code and a sentence for the client. */
export type PostOutcome = { sequence: number } | { code: string; text: string };

/** How long a post is tried, in ms. */
export const POST_TIMEOUT_MS = 5_000;
/** How long one attempt may take, in ms; an instance that has died answers never. */
const ATTEMPT_TIMEOUT_MS = 1_000;
const RETRY_DELAY_MS = 100;
const HISTORY_TIMEOUT_MS = 2_000;

/** Asks the messaging role. The instance that owns a channel is the same one for all gateways that see the same members. */
export class MessagingClient {
  constructor(
    private readonly broker: Broker,
    private readonly members: MemberDirectory,
    private readonly clock: Clock,
  ) {}

  /**
   * Posts once, however often it has to ask: an attempt whose answer was lost is repeated under the same id.
   */
  async post(world: string, message: MessageFields<'ChannelMessage'>, deduplicationId: string): Promise<PostOutcome> {
    const bytes = encodeMessage('PostRequest', { message, deduplicationId });
    try {
      const reply = await this.ask('messagePost', world, message.channel ?? '', bytes, POST_TIMEOUT_MS, (answer) =>
        decodeMessage('PostReply', answer),
      );
      return reply.errorCode ? { code: reply.errorCode, text: reply.errorText } : { sequence: reply.sequence };
    } catch (error) {
      return failureOf(error);
    }
  }

  /** The newest messages of a channel, oldest first. Fails with a SessionError. */
  async history(world: string, channel: string, count: number): Promise<vicinity.v1.ChannelMessage.$Properties[]> {
    const bytes = encodeMessage('HistoryRequest', { channel, count });
    try {
      const reply = await this.ask('messageHistory', world, channel, bytes, HISTORY_TIMEOUT_MS, (answer) =>
        decodeMessage('HistoryReply', answer),
      );
      if (reply.errorCode) throw new SessionError('chat-unavailable', reply.errorText);
      return reply.messages;
    } catch (error) {
      if (error instanceof SessionError) throw error;
      throw new SessionError('chat-unavailable', failureOf(error).text, { cause: error });
    }
  }

  private async ask<Reply extends { errorCode: string }>(
    row: 'messagePost' | 'messageHistory',
    world: string,
    channel: string,
    bytes: Uint8Array,
    timeoutMs: number,
    read: (answer: Uint8Array) => Reply,
  ): Promise<Reply> {
    const deadlineMs = this.clock.nowMs() + timeoutMs;
    for (;;) {
      // Chosen anew for each attempt: the owner may have died meanwhile.
      const owner = rendezvousPick(
        channel,
        this.members.live('messaging').map(({ instanceId }) => instanceId),
      );
      const leftMs = deadlineMs - this.clock.nowMs();
      let failure: unknown = new BrokerError('broker-no-responders', 'No messaging role is there.');
      if (owner) {
        try {
          const subject = subjectOf(row, { world, who: owner });
          const options = { timeoutMs: Math.max(1, Math.min(ATTEMPT_TIMEOUT_MS, leftMs)) };
          const reply = read(await this.broker.request(subject, bytes, options));
          // Its own trouble with the broker may pass.
          if (!reply.errorCode.startsWith('broker-')) return reply;
          failure = new BrokerError('broker-unavailable', 'The messaging role could not reach its log.');
        } catch (error) {
          if (!(error instanceof BrokerError) || !error.retryable) throw error;
          failure = error;
        }
      }
      if (this.clock.nowMs() + RETRY_DELAY_MS >= deadlineMs) throw failure;
      await pause(this.clock, RETRY_DELAY_MS);
    }
  }
}

function failureOf(error: unknown): { code: string; text: string } {
  if (error instanceof BrokerError) return { code: 'chat-unavailable', text: 'Chat does not answer at the moment.' };
  return { code: 'chat-unavailable', text: 'Chat gave an answer that cannot be read.' };
}
