import { join, relative } from 'node:path';
import type { Deployment } from '../../domain/deployment.ts';
import type { ObservedPath, ObservedPaths } from '../../domain/doctor/doctor-observation.ts';
import type { EngineInfo } from '../../ports/engine.ts';
import type { DoctorPorts } from './ports.ts';

/** More entries than this are no folder of ours. */
const mostEntries = 200;

type PathPorts = Pick<DoctorPorts, 'files' | 'ownedFiles'>;

/** A path with its owner as containers see it where the engine maps nobody's ids. */
async function observePath(
  { files, ownedFiles }: PathPorts,
  dir: string,
  path: string,
  ownersHold: boolean,
): Promise<readonly ObservedPath[]> {
  const stat = await files.stat(path).catch(() => undefined);
  if (!stat) return [];
  const { kind, mode, size } = stat;
  // Where ids are mapped this would make a container to look from; a look makes nothing.
  const owner =
    ownersHold && kind === 'file' ? await ownedFiles.owner(path).catch(() => undefined) : undefined;
  const { uid, gid } = owner ?? stat;
  return [{ path: relative(dir, path) || '.', kind, mode, uid, gid, size }];
}

/** Modes and owners of the deployment's folders and of everything in data/ and credentials/. */
export async function observePaths(
  ports: PathPorts,
  deployment: Deployment,
  engine: EngineInfo | undefined,
): Promise<ObservedPaths> {
  const ownersHold = engine !== undefined && !engine.rootless && !engine.usernsRemap;
  const { dir, stateDir, configDir, dataDir, credentialsDir } = deployment;
  const { composeFile, envFile, proxyConfig, sampleServer, journal } = deployment;
  const inside = await Promise.all(
    [dataDir, credentialsDir].map(async (folder) => {
      const names = await ports.files.list(folder).catch(() => []);
      return names.slice(0, mostEntries).map((name) => join(folder, name));
    }),
  );
  // Those that must be there are asked for by name, where a folder may be entered but not listed.
  const named = [deployment.serverKey, deployment.serverCertificate, deployment.tunnelToken];
  const all = new Set([
    ...[dir, stateDir, configDir, dataDir, credentialsDir],
    ...[composeFile, ...deployment.overrides, envFile, proxyConfig, sampleServer, journal],
    ...[...named, ...inside.flat()],
  ]);
  const found = await Promise.all(
    [...all].map((path) => observePath(ports, dir, path, ownersHold)),
  );
  return { paths: found.flat(), ownersHold };
}
