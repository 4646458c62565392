import { runRole } from '@app/runtime';
import { DomainServerModule } from './domain-server.module.js';
import { domainServerSettings } from './domain-server.settings.js';
import { domainServerHttp } from './web/http-edge.module.js';

await runRole({
  role: 'domain-server',
  module: DomainServerModule,
  settings: domainServerSettings,
  http: domainServerHttp,
});
