/** What a node may do, as bits of a u32 (specification, appendix 1). */
export const Permission = {
  ConnectToDomain: 1,
  AdjustLocks: 2,
  RezPermanentEntities: 4,
  RezTemporaryEntities: 8,
  WriteToAssetServer: 16,
  ConnectPastMaxCapacity: 32,
  Kick: 64,
  ReplaceDomainContent: 128,
  RezPermanentCertifiedEntities: 256,
  RezTemporaryCertifiedEntities: 512,
  GetAndSetPrivateUserData: 1024,
  RezAvatarEntities: 2048,
} as const;
