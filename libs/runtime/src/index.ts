export { runRole, EXIT_CODE } from './run-role.js';
export { CannotStartError } from './runtime.errors.js';
export { assetsAddressSettings } from './assets-address.settings.js';
export { clientAddressOf } from './client-address.js';
export { limitHttp } from './http-limits.js';
export { networkOf } from './network-of.js';
export { RoleProcess, type HttpOptions, type RoleGround, type RoleOptions } from './role-process.js';
export { BROKER, CLOCK, HEARTBEAT, INSTANCE, LIFECYCLE, LOGGER, MEMBERS, METRICS, RANDOM, SETTINGS } from './tokens.js';
export { BrokerContext } from './broker-context.js';
export { BrokerTransport } from './broker-transport.js';
export { EventPattern, MessagePattern } from './patterns.js';
export { commonSettings, type CommonSettings } from './common.settings.js';
export { BrokerHeartbeat, RoleState, type Heartbeat, type HeartbeatReport } from './heartbeat.js';
export { makeInstanceId, type Instance } from './instance.js';
export { STAGE, STOP_TIMEOUT_MS, StagedLifecycle, type Lifecycle, type StageHooks } from './lifecycle.js';
export { makeLogger, silentLogger, type Logger, type ProcessLogger } from './logger.js';
export { BrokerMemberDirectory, type Member, type MemberDirectory } from './member-directory.js';
export { PrometheusMetrics, type Counter, type Gauge, type Histogram, type Labels, type Metrics } from './metrics.js';
export { readSoftwareVersion } from './software-version.js';
export { WorldDirectory, WORLDS_BUCKET } from './world-directory.js';
export { obtainSecretKey } from './secret-key.js';
export { openToken, signToken, TOKEN_HASH_BYTES } from './signed-token.js';
export {
  readUploadTicket,
  signUploadTicket,
  UPLOAD_TICKET_CHARACTERS_MAX,
  UPLOAD_TICKET_KEY,
  UPLOAD_TICKET_LIFETIME_MS,
  type UploadClaim,
  type UploadRole,
} from './upload-ticket.js';
