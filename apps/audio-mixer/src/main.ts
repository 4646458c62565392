import { runRole } from '@app/runtime';
import { AudioMixerModule } from './audio-mixer.module.js';
import { audioMixerSettings } from './audio-mixer.settings.js';

await runRole({ role: 'audio-mixer', module: AudioMixerModule, settings: audioMixerSettings });
