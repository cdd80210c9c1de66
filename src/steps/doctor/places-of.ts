import { join, relative } from 'node:path';
import type { Deployment } from '../../domain/deployment.ts';
import type { Places } from '../../domain/doctor/doctor-observation.ts';

/** Where a deployment's pieces lie, as people name them. */
export function placesOf(deployment: Deployment): Places {
  const { dir, dataDir, layout } = deployment;
  const below = (path: string) => relative(dir, path);
  return {
    proxyService: deployment.proxyService,
    config: below(deployment.proxyConfig),
    configInContainer: layout.configInContainer,
    data: below(dataDir),
    certificate: below(deployment.serverCertificate),
    key: below(deployment.serverKey),
    caKey: below(deployment.caKey),
    upstreamCa: below(deployment.upstreamCa),
    credentials: below(deployment.credentialsDir),
    token: below(deployment.tunnelToken),
    setupToken: below(join(dataDir, 'tunnel-token')),
    setupId: below(join(dataDir, 'tunnel-id')),
    sampleServer: below(deployment.sampleServer),
    composeFile: below(deployment.composeFile),
  };
}
