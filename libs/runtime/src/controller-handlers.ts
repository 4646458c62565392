import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { ListenerMetadataExplorer } from '@nestjs/microservices/listener-metadata-explorer.js';
import type { BrokerContext } from './broker-context.js';

/** A controller's method that wants the messages of a subject. */
export interface ControllerHandler {
  /** Subject with `*` for tokens that vary and `{instance}` for this process's name. */
  pattern: string;
  /** Nobody waits for an answer. */
  isEvent: boolean;
  call: (message: object, context: BrokerContext) => unknown;
}

/** Every `@EventPattern` and `@MessagePattern` of every controller. */
export function findControllerHandlers(modules: ModulesContainer): ControllerHandler[] {
  const explorer = new ListenerMetadataExplorer(new MetadataScanner());
  const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ instance }) =>
    explorer.explore(instance).flatMap(({ patterns, isEventHandler, targetCallback }) =>
      patterns.map((pattern) => ({
        pattern: String(pattern),
        isEvent: isEventHandler,
        call: (message: object, context: BrokerContext): unknown => targetCallback.call(instance, message, context),
      })),
    ),
  );
}
