export type {
  BooleanSetting,
  ChoiceSetting,
  ListSetting,
  NumberSetting,
  ReadStructure,
  Setting,
  SettingsOf,
  SettingsSchema,
  StringSetting,
  StructureSetting,
} from './setting.js';
export { defineSettings, flagOf, variableOf } from './settings-schema.js';
export { loadSettings, type SettingsSources } from './settings-loader.js';
export { describeSettings } from './settings-docs.js';
export { SettingsError, type SettingsErrorCode } from './settings.errors.js';
