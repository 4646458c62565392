import { subjectOf } from '@app/broker';
import { type BrokerContext, EventPattern, MessagePattern } from '@app/runtime';
import type { vicinity } from '@app/wire';
import { Controller, Inject } from '@nestjs/common';
import type { EditReply } from './edit-reply.js';
import type { EntityServerActor } from './entity-server.actor.js';
import { ENTITY_SERVER } from './tokens.js';

/** The edge: what gateways, tools and other entity-servers say, handed to the actor. */
@Controller()
export class EntityServerController {
  constructor(@Inject(ENTITY_SERVER) private readonly server: EntityServerActor) {}

  @MessagePattern('vw.*.entity.edit.{instance}')
  onEdit(request: vicinity.v1.EntityEditRequest, context: BrokerContext): Promise<EditReply> {
    return this.server.edit(context.world, request);
  }

  @MessagePattern('vw.*.entity.edit.any')
  onEditAny(request: vicinity.v1.EntityEditRequest, context: BrokerContext): Promise<EditReply> {
    return this.server.edit(context.world, request);
  }

  @MessagePattern('vw.*.entity.inspect.{instance}')
  onInspect(
    request: vicinity.v1.WorldInspectRequest,
    context: BrokerContext,
  ): Promise<vicinity.v1.WorldInspectReply.$Properties> {
    return this.server.inspect(context.world, request);
  }

  @MessagePattern('vw.*.entity.inspect.any')
  onInspectAny(
    request: vicinity.v1.WorldInspectRequest,
    context: BrokerContext,
  ): Promise<vicinity.v1.WorldInspectReply.$Properties> {
    return this.server.inspect(context.world, request);
  }

  @EventPattern(subjectOf('entityInterest'))
  onInterest(table: vicinity.v1.EntityInterestTable, context: BrokerContext): void {
    this.server.handleInterest(context.world, table);
  }

  @EventPattern(subjectOf('entityMotion'))
  onMotions(table: vicinity.v1.EntityMotionTable, context: BrokerContext): void {
    this.server.handleMotions(context.world, table);
  }

  @EventPattern(subjectOf('entityMotionUp'))
  onMotionUplink(uplink: vicinity.v1.EntityMotionUplink, context: BrokerContext): void {
    this.server.handleMotionUplink(context.world, uplink);
  }
}
