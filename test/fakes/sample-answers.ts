import { defaultImages } from '../../src/domain/images.ts';
import { parseRoutes, type Route } from '../../src/domain/route.ts';
import { parseTunnelToken, type TunnelToken } from '../../src/domain/tunnel-token.ts';
import type { InstallAnswers } from '../../src/steps/install/answers.ts';

export const domain = 'abcd1234.tunnel.anthropic.com';

/** A tunnel token as the Console shows it, valid nowhere; another secret makes another token. */
export function tokenText(secret = 'a secret of thirty-two bytes 123'): string {
  const content = {
    a: '0123456789abcdef0123456789abcdef',
    t: 'c0ffee00-1234-4abc-9def-0123456789ab',
    s: Buffer.from(secret).toString('base64'),
  };
  return Buffer.from(JSON.stringify(content)).toString('base64');
}

export function tokenOf(text = tokenText()): TunnelToken {
  const token = parseTunnelToken(text);
  if (!token.ok) throw new Error(token.problem);
  return token.value;
}

export function routesOf(map: Readonly<Record<string, string>>): readonly Route[] {
  const routes = parseRoutes(map);
  if (!routes.ok) throw new Error(routes.problem);
  return routes.value;
}

type Changes = Partial<Omit<InstallAnswers, 'certificates' | 'upstream'>> & {
  readonly certificates?: Partial<InstallAnswers['certificates']>;
  readonly upstream?: Partial<InstallAnswers['upstream']>;
};

/** Answers of a first installation with the sample server; P-256, because it is made fastest. */
export function answersOf(changes: Changes = {}): InstallAnswers {
  const { certificates, upstream, ...rest } = changes;
  return {
    mode: 'manual',
    domain,
    token: tokenOf(),
    tokenIn: 'file',
    sampleServer: true,
    routes: routesOf({ echo: 'http://hello-mcp:9000' }),
    images: defaultImages,
    ...rest,
    certificates: {
      keyType: 'p-256',
      days: 90,
      caDays: 3650,
      caCertificateFile: undefined,
      caKeyFile: undefined,
      caPassphrase: undefined,
      caRegistered: undefined,
      caRemembered: undefined,
      ...certificates,
    },
    upstream: { allowedIps: undefined, caFile: undefined, includeSystemCas: false, ...upstream },
  };
}
