import { type BrokerContext, MessagePattern } from '@app/runtime';
import type { vicinity } from '@app/wire';
import { Controller, Inject } from '@nestjs/common';
import type { MessagingActor } from './messaging.actor.js';
import { MESSAGING } from './tokens.js';

/** The edge: what gateways ask, handed to the actor; its failures travel as code and sentence in the reply. */
@Controller()
export class MessagingController {
  constructor(@Inject(MESSAGING) private readonly messaging: MessagingActor) {}

  @MessagePattern('vw.*.message.post.{instance}')
  onPost(request: vicinity.v1.PostRequest, context: BrokerContext): Promise<vicinity.v1.PostReply.$Properties> {
    return this.messaging.post(context.world, request);
  }

  @MessagePattern('vw.*.message.history.{instance}')
  onHistory(
    request: vicinity.v1.HistoryRequest,
    context: BrokerContext,
  ): Promise<vicinity.v1.HistoryReply.$Properties> {
    return this.messaging.history(context.world, request);
  }
}
