import { Module, type DynamicModule, type OnApplicationBootstrap, type Provider, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { BrokerTransport } from './broker-transport.js';
import { findControllerHandlers } from './controller-handlers.js';

/** What every module of a role can inject, by token. */
export type RuntimeValues = ReadonlyArray<readonly [token: symbol, value: unknown]>;

class TransportStart implements OnApplicationBootstrap {
  constructor(
    private readonly transport: BrokerTransport,
    private readonly modules: ModulesContainer,
  ) {}

  /**
   * Nest runs the hooks of global modules first, so a role may ask for rosters in its own onApplicationBootstrap: the
   * answers are heard.
   */
  onApplicationBootstrap(): void {
    this.transport.bind(findControllerHandlers(this.modules));
  }
}

/** Global providers of a role process. */
@Module({})
export class RuntimeModule {
  static of(values: RuntimeValues, transport: BrokerTransport): DynamicModule {
    const providers: Provider[] = values.map(([token, value]) => ({ provide: token, useValue: value }));
    const start: Provider = {
      provide: TransportStart,
      inject: [ModulesContainer],
      useFactory: (modules: ModulesContainer) => new TransportStart(transport, modules),
    };
    return {
      module: RuntimeModule,
      global: true,
      providers: [...providers, start],
      exports: values.map(([token]) => token),
    };
  }
}

/** The module that Nest is started with: the runtime's values around the role's own module. */
@Module({})
export class RoleRootModule {
  static of(values: RuntimeValues, transport: BrokerTransport, roleModule: Type): DynamicModule {
    return { module: RoleRootModule, imports: [RuntimeModule.of(values, transport), roleModule] };
  }
}
