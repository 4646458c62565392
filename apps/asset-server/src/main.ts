import { runRole } from '@app/runtime';
import { AssetServerModule } from './asset-server.module.js';
import { assetServerSettings } from './asset-server.settings.js';
import { assetServerHttp } from './http/http-edge.module.js';

await runRole({
  role: 'asset-server',
  module: AssetServerModule,
  settings: assetServerSettings,
  http: assetServerHttp,
});
