import { subjectOf } from '@app/broker';
import { type BrokerContext, EventPattern } from '@app/runtime';
import type { vicinity } from '@app/wire';
import { Controller, Inject } from '@nestjs/common';
import type { AvatarMixerActor } from './avatar-mixer.actor.js';
import { AVATAR_MIXER } from './tokens.js';

/** The edge: what gateways say, handed to the actor. */
@Controller()
export class AvatarMixerController {
  constructor(@Inject(AVATAR_MIXER) private readonly mixer: AvatarMixerActor) {}

  @EventPattern(subjectOf('roster'))
  onRoster(roster: vicinity.v1.SessionRoster, context: BrokerContext): void {
    this.mixer.handleRoster(context.world, roster);
  }

  @EventPattern(subjectOf('avatarUp'))
  onUplink(uplink: vicinity.v1.AvatarUplink, context: BrokerContext): void {
    this.mixer.handleUplink(context.world, uplink);
  }

  @EventPattern(subjectOf('avatarTraits'))
  onTraits(table: vicinity.v1.TraitsTable, context: BrokerContext): void {
    this.mixer.handleTraits(context.world, table);
  }
}
