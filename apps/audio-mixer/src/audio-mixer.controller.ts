import { subjectOf } from '@app/broker';
import { type BrokerContext, EventPattern } from '@app/runtime';
import type { vicinity } from '@app/wire';
import { Controller, Inject } from '@nestjs/common';
import type { MixerActor } from './mixer.actor.js';
import { MIXER } from './tokens.js';

/** The edge: what gateways and entity-servers say, handed to the actor. */
@Controller()
export class AudioMixerController {
  constructor(@Inject(MIXER) private readonly mixer: MixerActor) {}

  @EventPattern(subjectOf('roster'))
  onRoster(roster: vicinity.v1.SessionRoster, context: BrokerContext): void {
    this.mixer.handleRoster(context.world, roster);
  }

  @EventPattern(subjectOf('hearing'))
  onHearing(table: vicinity.v1.HearingTable, context: BrokerContext): void {
    this.mixer.handleHearing(context.world, table);
  }

  @EventPattern(subjectOf('entitySound'))
  onSounds(table: vicinity.v1.EntitySoundTable, context: BrokerContext): void {
    this.mixer.handleSounds(context.world, table);
  }

  @EventPattern(subjectOf('audioUp'))
  onUplink(uplink: vicinity.v1.AudioUplink, context: BrokerContext): void {
    this.mixer.handleUplink(context.world, uplink);
  }
}
