import { existsSync } from 'node:fs';

/** Files that Docker, Podman and their relatives put into a container's root. */
const MARKERS = ['/.dockerenv', '/run/.containerenv'];

/**
 * Whether this process runs inside a container. There, loopback is nobody's but the container's own, and what is reached
 * from outside is decided by whoever publishes ports; so a server that listens on loopback only is no safer, just deaf.
 *
 * @param variables  the environment; Kubernetes tells its containers so
 */
export function isInContainer(
  variables: Readonly<Record<string, string | undefined>>,
  exists: (path: string) => boolean = existsSync,
): boolean {
  return variables.KUBERNETES_SERVICE_HOST !== undefined || MARKERS.some(exists);
}
