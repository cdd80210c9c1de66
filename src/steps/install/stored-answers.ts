import { stringify } from 'yaml';
import type { Deployment } from '../../domain/deployment.ts';
import { defaultImages } from '../../domain/images.ts';
import type { InstallAnswers } from './answers.ts';

/**
 * The answers as an answers file without secrets (design 5: `.mcp-tunnel/answers.yaml`), so that the
 * same command without arguments goes on where an earlier one stopped. Files that were taken in are
 * named where they lie now.
 */
export function storedAnswers(answers: InstallAnswers, deployment: Deployment): string {
  const { certificates, upstream } = answers;
  const changedImages = Object.entries(answers.images).filter(
    ([role, ref]) => ref !== defaultImages[role as keyof typeof defaultImages],
  );
  const value = {
    version: 1,
    mode: answers.mode,
    tunnel: { domain: answers.domain, tokenIn: answers.tokenIn },
    certificates: {
      keyType: certificates.keyType,
      days: certificates.days,
      caDays: certificates.caDays,
      caKeyFile: certificates.caKeyFile,
      caRegistered: certificates.caRegistered ?? certificates.caRemembered,
    },
    sampleServer: answers.sampleServer,
    routes: Object.fromEntries(answers.routes.map((route) => [route.name, route.upstream.url])),
    upstream: {
      allowedIps: upstream.allowedIps,
      tls:
        upstream.caFile === undefined && !upstream.includeSystemCas
          ? undefined
          : {
              caFile: upstream.caFile === undefined ? undefined : deployment.upstreamCa,
              includeSystemCas: upstream.includeSystemCas,
            },
    },
    images: changedImages.length === 0 ? undefined : Object.fromEntries(changedImages),
  };
  const text = stringify(value, { lineWidth: 0 });
  return `# What mcp-tunnel was told, without secrets. Used when the same command is run again.\n${text.replace(/^upstream: \{\}\n/mu, '')}`;
}
