import { runRole } from '@app/runtime';
import { EntityServerModule } from './entity-server.module.js';
import { entityServerSettings } from './entity-server.settings.js';

await runRole({ role: 'entity-server', module: EntityServerModule, settings: entityServerSettings });
