import { MODEL_URL_CHARACTERS_MAX, NAME_CHARACTERS_MAX, type SessionId } from '@app/world';
import type { AvatarTraits } from './remote-avatar.js';

/** Traits as they travel. */
export interface WireTraits {
  name?: string | null;
  colour?: number | null;
  modelUrl?: string | null;
}

/** Control characters, line breaks, and the marks that turn text round or hide in it. */
const UNSAFE_CHARACTERS = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** A display name that every server takes: no control characters, single spaces, at most 48 characters, never empty. */
export function cleanName(name: string): string {
  const text = name.normalize('NFC').replace(UNSAFE_CHARACTERS, ' ').replace(/\s+/g, ' ').trim();
  return cutText(text, NAME_CHARACTERS_MAX).trim() || 'Guest';
}

/** The first `charactersMax` UTF-16 units, never half of a character. */
export function cutText(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const cut = text.slice(0, charactersMax);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/** Traits as they arrived, made safe to show: bounded, without control characters, with a colour. */
export function readTraits(sessionId: SessionId, traits: WireTraits | null | undefined): AvatarTraits {
  const colour = (traits?.colour ?? 0) & 0xffffff;
  const modelUrl = traits?.modelUrl ?? '';
  return {
    name: cleanName(traits?.name ?? ''),
    colour: colour === 0 ? colourOf(sessionId) : colour,
    modelUrl: isModelUrl(modelUrl) ? modelUrl : undefined,
  };
}

function isModelUrl(url: string): boolean {
  return url.length <= MODEL_URL_CHARACTERS_MAX && /^(https?|atp):/.test(url) && URL.canParse(url);
}

/** A friendly colour for a session that chose none; the same one on every screen. */
export function colourOf(sessionId: SessionId): number {
  // Knuth's multiplicative hash spreads neighbouring numbers over the circle of hues.
  const hue = (Math.imul(sessionId, 0x9e3779b1) >>> 0) / 0x1_0000_0000;
  return hslToRgb(hue, 0.55, 0.58);
}

function hslToRgb(hue: number, saturation: number, lightness: number): number {
  const channel = (offset: number): number => {
    const k = (offset + hue * 12) % 12;
    const value = lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255);
  };
  return (channel(0) << 16) | (channel(8) << 8) | channel(4);
}
