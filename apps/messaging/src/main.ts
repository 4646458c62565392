import { runRole } from '@app/runtime';
import { MessagingModule } from './messaging.module.js';
import { messagingSettings } from './messaging.settings.js';

await runRole({ role: 'messaging', module: MessagingModule, settings: messagingSettings });
