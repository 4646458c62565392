import { Permission } from '@app/vircadia';
import type { Builders } from '../../entities/entity-powers.js';

/** What visitors may do here, as far as it can be said to clients. */
export interface VisitorPowers {
  readonly builders: Builders;
  readonly visitorsMayLock: boolean;
  readonly visitorsMaySeePrivate: boolean;
  readonly uploads: 'everyone' | 'nobody';
}

/** Bits of Permission. Avatars may always wear what they bring. */
export function permissionsOf(powers: VisitorPowers): number {
  const { builders, visitorsMayLock, visitorsMaySeePrivate, uploads } = powers;
  const temporary = Permission.RezTemporaryEntities | Permission.RezTemporaryCertifiedEntities;
  const permanent = Permission.RezPermanentEntities | Permission.RezPermanentCertifiedEntities;
  return (
    Permission.ConnectToDomain |
    Permission.RezAvatarEntities |
    (builders === 'nobody' ? 0 : temporary) |
    (builders === 'everyone' ? permanent : 0) |
    (builders !== 'nobody' && visitorsMayLock ? Permission.AdjustLocks : 0) |
    (visitorsMaySeePrivate ? Permission.GetAndSetPrivateUserData : 0) |
    (uploads === 'everyone' ? Permission.WriteToAssetServer : 0)
  );
}
