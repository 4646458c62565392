import { commonSettings } from '@app/runtime';
import { describeSettings, type SettingsSchema } from '@app/settings';
import { assetServerSettings } from '../apps/asset-server/src/asset-server.settings.js';
import { audioMixerSettings } from '../apps/audio-mixer/src/audio-mixer.settings.js';
import { avatarMixerSettings } from '../apps/avatar-mixer/src/avatar-mixer.settings.js';
import { upSettings } from '../apps/cli/src/up.settings.js';
import { domainServerSettings } from '../apps/domain-server/src/domain-server.settings.js';
import { entityServerSettings } from '../apps/entity-server/src/entity-server.settings.js';
import { gatewaySettings } from '../apps/gateway/src/gateway.settings.js';
import { messagingSettings } from '../apps/messaging/src/messaging.settings.js';

const INTRO = `# Settings

Every setting of the server. This page is rendered from the schemas in the code (\`apps/*/src/*.settings.ts\`), and a test
compares the two; \`UPDATE_DOCS=1 npm run test:jest -- tools/settings-page\` writes it again.

Each setting can be given in four places. Later ones win:

1. its default;
2. a settings file, a JSON object with a section \`common\` for all roles and one for each role, named like the role (the
   supervisor's is \`up\`): \`{ "common": { "logLevel": "debug" }, "gateway": { "sessionsMax": 50 } }\`. Its path is given by
   \`--settings-file\` or \`VICINITY_SETTINGS_FILE\`;
3. an environment variable;
4. a flag: \`--name value\` or \`--name=value\`; \`--name\` and \`--no-name\` for what is true or false.

\`vicinity up\`, and so \`npm start\`, understands the flags of its own section only. It passes its environment on to the roles, so
a variable reaches all of them, but for what it tells them itself by flags: ports, addresses, the broker. A value that cannot be used stops the start with a sentence that names where it was given.
Changes take effect at the next start.

`;

const SECTIONS: ReadonlyArray<readonly [title: string, introduction: string, schema: SettingsSchema]> = [
  [
    'vicinity up',
    'The supervisor, which runs a whole domain on one machine. Section `up` of the settings file.',
    upSettings,
  ],
  ['Every role', 'Understood by each role; `vicinity up` sets most of them itself.', commonSettings],
  ['domain-server', 'Web client, join, status and metrics.', domainServerSettings],
  ['gateway', 'The doors for clients: signalling and media.', gatewaySettings],
  ['audio-mixer', 'Who hears what.', audioMixerSettings],
  ['avatar-mixer', 'Who sees whom, and how often.', avatarMixerSettings],
  ['messaging', 'Chat and channels.', messagingSettings],
  ['entity-server', 'Things in worlds.', entityServerSettings],
  ['asset-server', 'Files: models, pictures, sounds.', assetServerSettings],
];

/** The whole of docs/settings.md. */
export function renderSettingsPage(): string {
  return (
    INTRO + SECTIONS.map(([title, introduction, schema]) => describeSettings(title, introduction, schema)).join('\n')
  );
}
