import { judgeRoutes } from '../domain/allowed-ips.ts';
import { samplePort, services } from '../domain/deployment.ts';
import { Failure, type MissingAnswer } from '../domain/failure.ts';
import { defaultImages } from '../domain/images.ts';
import { parseRoute, type Route } from '../domain/route.ts';
import { answerQuestions, waysToAnswer } from '../questions/answer-questions.ts';
import { installQuestions } from '../questions/install-questions.ts';
import type { RawAnswers } from '../questions/question.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';

function sampleRoutes(): readonly Route[] {
  const route = parseRoute('echo', `http://${services.sample}:${samplePort}`);
  return route.ok ? [route.value] : [];
}

/**
 * Answers from everywhere, with the guide's defaults for what was not said.
 * @throws Failure `answers-missing` or `answers-invalid` that lists every problem at once.
 */
export function installAnswers(
  raw: RawAnswers,
  deployed: {
    readonly hasToken: boolean;
    /** True for a stack that stays as it is: its routes are not judged. */
    readonly asItIs?: boolean;
  },
): InstallAnswers {
  const { values, problems } = answerQuestions(installQuestions, raw);
  const missing: MissingAnswer[] = [];
  if (raw['domain'] === undefined)
    missing.push(waysToAnswer(installQuestions.domain, 'Not answered.'));
  if (raw['token'] === undefined && !deployed.hasToken) {
    missing.push({
      ...waysToAnswer(installQuestions.token, 'Not answered.'),
      flag: '--token-file FILE or --token-stdin',
    });
  }
  const pointsToSample = values.routes?.some((route) => route.upstream.host === services.sample);
  const sample = values.sampleServer ?? pointsToSample ?? true;
  const routes = values.routes ?? (sample ? sampleRoutes() : undefined);
  if (routes === undefined && raw['routes'] === undefined)
    missing.push(
      waysToAnswer(
        installQuestions.routes,
        'Not answered, and there is no sample server to route.',
      ),
    );

  const judged = judgeRoutes({
    routes: routes ?? [],
    explicit: values.allowedIps,
    composeServices: [services.sample],
    tls: {
      ...(values.upstreamCa === undefined ? {} : { caFile: values.upstreamCa }),
      includeSystemCas: values.upstreamSystemCas ?? false,
    },
  }).map(({ route, problem }) =>
    waysToAnswer(installQuestions.routes, `Route ${route}: ${problem}`),
  );
  if (!sample && routes?.some((route) => route.upstream.host === services.sample)) {
    judged.push(
      waysToAnswer(
        installQuestions.sampleServer,
        `A route points to ${services.sample}, but the sample server is switched off.`,
      ),
    );
  }

  const all = [...missing, ...problems, ...(deployed.asItIs ? [] : judged)];
  const { domain } = values;
  if (all.length > 0 || domain === undefined) {
    const invalid = all.length > missing.length;
    throw new Failure(
      invalid ? 'answers-invalid' : 'answers-missing',
      `${all.length} ${all.length === 1 ? 'answer is' : 'answers are'} missing or invalid.`,
      {
        missing: all,
        nextSteps: [
          'Give them by flag, environment variable or answers file (--answers FILE), then run the same command again.',
        ],
      },
    );
  }
  return {
    mode: 'manual',
    domain,
    token: values.token,
    tokenIn: values.tokenIn ?? 'file',
    certificates: {
      keyType: values.keyType ?? 'rsa-2048',
      days: values.certificateDays ?? 90,
      caDays: values.caDays ?? 3650,
      caCertificateFile: values.caCertificateFile,
      caKeyFile: values.caKeyFile,
      caPassphrase: values.caPassphrase,
      ...(raw['caRegistered']?.stored
        ? { caRegistered: undefined, caRemembered: values.caRegistered }
        : { caRegistered: values.caRegistered, caRemembered: undefined }),
    },
    sampleServer: sample,
    routes: routes ?? [],
    upstream: {
      allowedIps: values.allowedIps,
      caFile: values.upstreamCa,
      includeSystemCas: values.upstreamSystemCas ?? false,
    },
    images: { ...defaultImages, ...values.images },
    ...(values.boot ? { boot: true } : {}),
  };
}
