import { type DeploymentLayout, ownLayout, services } from './deployment.ts';
import { Failure } from './failure.ts';
import { valueAt } from './plain-data.ts';
import { parseYaml } from './yaml-parse.ts';

/** What of a stack made by hand decides whether it can become ours by itself. */
export interface AdoptionCase {
  readonly layout: DeploymentLayout;
  /** Text of the operator's override, which is theirs and never edited. */
  readonly override: string | undefined;
  readonly hasCa: boolean;
  readonly hasServerCertificate: boolean;
}

const meanwhile =
  'Until then it is operated as it is: status, logs, doctor, routes, rotate-token, renew-cert.';

function byHand(found: string, expected: string, steps: readonly string[]): Failure {
  return new Failure('adoption-by-hand', 'A person has to prepare this stack for mcp-tunnel.', {
    found,
    expected,
    nextSteps: [...steps, 'Then run the same command again.', meanwhile],
  });
}

/** Why a person has to change something first, with what to type; undefined if nobody has to. */
export function adoptionObstacle(found: AdoptionCase): Failure | undefined {
  const { layout } = found;
  if (layout.hasSetup) {
    return new Failure(
      'adoption-by-hand',
      'A stack with the vendor’s setup component stays as it is.',
      {
        found: `a service in ${layout.composeFile} that runs /setup: programmatic access`,
        expected: 'a stack in manual mode, which is what this version lays out',
        nextSteps: ['Nothing needs to be done.', meanwhile],
      },
    );
  }
  return pairElsewhere(layout) ?? namedInOverride(found) ?? withoutCa(found);
}

function pairElsewhere(layout: DeploymentLayout): Failure | undefined {
  const { composeFile, proxyService, proxyConfig, dataDir, certificateName, keyName } = layout;
  const names = [dataDir, certificateName, keyName];
  const ours = [ownLayout.dataDir, ownLayout.certificateName, ownLayout.keyName];
  if (names.every((name, at) => name === ours[at])) return undefined;
  const [folder, certificate, key] = ours;
  const down = 'docker compose down   (calls fail from here on)';
  const edits = [
    ...(dataDir === folder ? [] : [`${composeFile}: ./${folder}:/data:ro in ${proxyService}`]),
    ...(certificateName === certificate ? [] : [`${proxyConfig}: cert_file: /data/${certificate}`]),
    ...(keyName === key ? [] : [`${proxyConfig}: key_file: /data/${key}`]),
  ];
  return byHand(
    `certificate and key in ${dataDir}/${certificateName} and ${dataDir}/${keyName}`,
    `${folder}/${certificate} and ${folder}/${key}, as in the guide`,
    [
      down,
      ...(dataDir === folder ? [] : [`mv ${dataDir} ${folder}`]),
      ...(certificateName === certificate
        ? []
        : [`mv ${folder}/${certificateName} ${folder}/${certificate}`]),
      ...(keyName === key ? [] : [`mv ${folder}/${keyName} ${folder}/${key}`]),
      ...edits,
      'docker compose up -d',
    ],
  );
}

/** An override that names the proxy would add a service without an image once that is called otherwise. */
function namedInOverride({ layout, override }: AdoptionCase): Failure | undefined {
  const { proxyService } = layout;
  if (override === undefined || proxyService === services.proxy) return undefined;
  let data: unknown;
  try {
    ({ data } = parseYaml('the override', override));
  } catch {
    return undefined;
  }
  if (valueAt(data, ['services', proxyService]) === undefined) return undefined;
  return byHand(
    `the override file has settings of ${proxyService}`,
    `settings of ${services.proxy}: that is what the service is to be called, and an override is never edited`,
    [
      'docker compose down   (calls fail from here on)',
      `In ${layout.composeFile} and its override: rename ${proxyService} to ${services.proxy}, in cloudflared’s network_mode, too`,
      'docker compose up -d',
    ],
  );
}

/** A CA is only ever reused: another one would have to be registered, and until then nobody gets in. */
function withoutCa({ hasCa, hasServerCertificate }: AdoptionCase): Failure | undefined {
  if (hasCa || !hasServerCertificate) return undefined;
  return new Failure('ca-certificate-missing', 'The CA’s certificate is not there.', {
    found: 'data/tls.crt, and no data/ca.crt',
    expected: 'the CA certificate that is registered in the Console',
    nextSteps: [
      'Copy it to data/ca.crt: it is public. Its key may stay where it is.',
      'Then run the same command again.',
      meanwhile,
    ],
  });
}
