import { allowedIps } from './allowed-ips.ts';
import { boot } from './boot.ts';
import { caCertificateFile } from './ca-certificate-file.ts';
import { caDays } from './ca-days.ts';
import { caKeyFile } from './ca-key-file.ts';
import { caPassphrase } from './ca-passphrase.ts';
import { caRegistered } from './ca-registered.ts';
import { certificateDays } from './certificate-days.ts';
import { domain } from './domain.ts';
import { images } from './images.ts';
import { keyType } from './key-type.ts';
import { mode } from './mode.ts';
import { routes } from './routes.ts';
import { sampleServer } from './sample-server.ts';
import { token } from './token.ts';
import { tokenIn } from './token-in.ts';
import { upstreamCa } from './upstream-ca.ts';
import { upstreamSystemCas } from './upstream-system-cas.ts';

/** Everything `install` can be told, in the order in which a person is asked. */
export const installQuestions = {
  mode,
  domain,
  token,
  tokenIn,
  keyType,
  certificateDays,
  caDays,
  caCertificateFile,
  caKeyFile,
  caPassphrase,
  caRegistered,
  sampleServer,
  routes,
  allowedIps,
  upstreamCa,
  upstreamSystemCas,
  images,
  boot,
} as const;

export type InstallQuestionId = keyof typeof installQuestions;
