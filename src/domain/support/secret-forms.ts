type Rule = readonly [pattern: RegExp, replacement: string];

/**
 * Secrets that nobody told us of, by how they look. Each expression is entered only at a beginning and
 * runs in linear time. Words for what was there stay, values go.
 */
const forms: readonly Rule[] = [
  [
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?:(?!-----END)[\s\S]){0,16384}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)?/gu,
    '[private key]',
  ],
  [/LS0tLS1CRUdJTi[A-Za-z0-9+/=_-]*/gu, '[PEM in base64]'],
  [/sk-ant-[A-Za-z0-9_-]*/gu, '[API key]'],
  [/(?<![A-Za-z0-9_-])sk-[A-Za-z0-9_-]{16,}/gu, '[API key]'],
  [
    /(?:gh[opusr]_|github_pat_|glpat-|xox[abeoprs]-|hvs\.|ya29\.|npm_|dckr_pat_)[A-Za-z0-9_-]{8,}/gu,
    '[token]',
  ],
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}/gu, '[AWS key]'],
  [/(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{30,}/gu, '[API key]'],
  [/[rs]k_(?:live|test)_[A-Za-z0-9]{8,}/gu, '[API key]'],
  [/(:\/\/)[^\s/@"']{1,512}@/gu, '$1[masked]@'],
  [
    /([?&](?:[a-z_-]{0,20}(?:key|token|secret|sig|signature|password|code))=)[^&\s"']+/giu,
    '$1[masked]',
  ],
  [/\b(bearer|basic)(\s+)[A-Za-z0-9._~+/=-]{8,}/giu, '$1$2[masked]'],
  [/(--(?:token|password|secret|api-key)[= ])(?!\/)\S+/giu, '$1[masked]'],
];

/** `DB_PASSWORD=…`, `"client_secret": "…"`; a path or a yes and no is no secret. */
const assignment =
  /((?<![A-Za-z0-9_.-])[A-Za-z0-9_.-]{0,40}(?:token|secret|passw(?:or)?d|passphrase|api_?-?key|private_?-?key|access_?-?key|credential|authorization)s?["']?\s{0,4}[:=]\s{0,4})("[^"\n]*"|'[^'\n]*'|[^\s,;}"'\]]+)/giu;

const harmless = /^["']?(?:\/|\.\.?\/|true\b|false\b|null\b|file\b|env\b|\[|\*+|$)/u;

/** A tunnel token or a JWT: base64 of an object, to the end of the run it stands in. */
const tokenRun = /[A-Za-z0-9+/=_.-]{16,}/gu;

function withoutToken(found: string): string {
  const at = found.indexOf('eyJ');
  return at < 0 ? found : `${found.slice(0, at)}[token]`;
}

/** Long runs that keys, digests, identifiers and paths have. */
const run = /[A-Za-z0-9+/_-]{32,}={0,2}/gu;
const shortestRandom = 16;

/** Digests are hexadecimal, and no part of a path is long and mixed. */
function looksRandom(text: string): boolean {
  const has = (part: string, pattern: RegExp, least: number) =>
    (part.match(pattern)?.length ?? 0) >= least;
  return text
    .split(/[/_-]/u)
    .some(
      (part) =>
        part.length >= shortestRandom &&
        has(part, /[A-Z]/gu, 2) &&
        has(part, /[a-z]/gu, 2) &&
        has(part, /[0-9]/gu, 1),
    );
}

/** Text without what looks like a secret, whoever wrote it; our own words are left alone. */
export function withoutForms(text: string): string {
  const masked = forms.reduce(
    (rest, [pattern, replacement]) => rest.replaceAll(pattern, replacement),
    text,
  );
  return masked
    .replaceAll(tokenRun, withoutToken)
    .replaceAll(run, (found) =>
      looksRandom(found) ? `[masked, ${found.length} characters]` : found,
    );
}

/** As `withoutForms`, and without the values of anything whose name says that it is secret. */
export function withoutForeignSecrets(text: string): string {
  return withoutForms(
    text.replaceAll(assignment, (whole: string, name: string, value: string) =>
      harmless.test(value) ? whole : `${name}[masked]`,
    ),
  );
}
