// Not through the package's door: it loads clients and servers of transports that nobody here uses, which takes each
// process 0.1 s of its start.
import { EventPattern as NestEventPattern } from '@nestjs/microservices/decorators/event-pattern.decorator.js';
import { MessagePattern as NestMessagePattern } from '@nestjs/microservices/decorators/message-pattern.decorator.js';

/**
 * Nest's `@EventPattern` for a subject without an answer, for example `subjectOf('audioUp')`. `{instance}` stands for
 * this process's name. Nest's own declaration refuses handlers whose first parameter is more than `{}`.
 */
export const EventPattern = NestEventPattern as (pattern: string) => MethodDecorator;

/** Nest's `@MessagePattern` for a subject whose row has a reply; what the handler returns is the answer. */
export const MessagePattern = NestMessagePattern as (pattern: string) => MethodDecorator;
