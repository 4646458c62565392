import { runRole } from '@app/runtime';
import { AvatarMixerModule } from './avatar-mixer.module.js';
import { avatarMixerSettings } from './avatar-mixer.settings.js';

await runRole({ role: 'avatar-mixer', module: AvatarMixerModule, settings: avatarMixerSettings });
