import { subjectOf } from '@app/broker';
import { type BrokerContext, EventPattern, MessagePattern } from '@app/runtime';
import type { vicinity } from '@app/wire';
import { Controller, Inject } from '@nestjs/common';
import type { GatewayActor } from './gateway.actor.js';
import { GATEWAY } from './gateway.tokens.js';

/** What the broker brings to a gateway. */
@Controller()
export class GatewayController {
  constructor(@Inject(GATEWAY) private readonly gateway: GatewayActor) {}

  @EventPattern(subjectOf('roster'))
  onRoster(message: vicinity.v1.SessionRoster, context: BrokerContext): void {
    this.gateway.handleRoster(context.world, message);
  }

  @EventPattern(subjectOf('rosterRequest'))
  onRosterRequest(_message: vicinity.v1.RosterRequest, context: BrokerContext): void {
    this.gateway.handleRosterRequest(context.world);
  }

  @EventPattern(subjectOf('audioDown', { who: '{instance}' }))
  onAudioDown(message: vicinity.v1.AudioDownlink, context: BrokerContext): void {
    this.gateway.handleAudioDown(context.world, message);
  }

  @EventPattern(subjectOf('avatarDown', { who: '{instance}' }))
  onAvatarDown(message: vicinity.v1.AvatarDownlink, context: BrokerContext): void {
    this.gateway.handleAvatarDown(context.world, message);
  }

  @EventPattern(subjectOf('avatarDetail'))
  onAvatarDetails(message: vicinity.v1.AvatarDetails, context: BrokerContext): void {
    this.gateway.handleAvatarDetails(context.world, message);
  }

  @MessagePattern(subjectOf('avatarExtras', { who: '{instance}' }))
  onAvatarExtras(
    request: vicinity.v1.AvatarExtrasRequest,
    context: BrokerContext,
  ): Promise<vicinity.v1.AvatarExtras.$Properties> {
    return Promise.resolve(this.gateway.answerAvatarExtras(context.world, request.sessionId));
  }

  @EventPattern(subjectOf('entityDown', { who: '{instance}' }))
  onEntityDown(message: vicinity.v1.EntityDownlink, context: BrokerContext): void {
    this.gateway.handleEntityDown(context.world, message);
  }
}
