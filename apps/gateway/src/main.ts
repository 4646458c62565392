import { runRole } from '@app/runtime';
import { GatewayModule } from './gateway.module.js';
import { gatewaySettings } from './gateway.settings.js';

await runRole({ role: 'gateway', module: GatewayModule, settings: gatewaySettings });
