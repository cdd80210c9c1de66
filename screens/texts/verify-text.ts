import { mostAnswerTokens } from '../../src/domain/messages-call.ts';
import { callGrounds } from '../../src/domain/verify-report.ts';
import { type Block, gap, text } from '../blocks/block.ts';
import type { VerifyView } from '../verify-view.ts';
import { failureText } from './failure-text.ts';

/** What stands in the way of sending; undefined: nothing. */
export function keyTrouble({
  key,
  keyProblem,
}: Pick<VerifyView, 'key' | 'keyProblem'>): string | undefined {
  if (key === undefined) return 'The API key is missing.';
  return keyProblem;
}

/** Below the field, once there is a good key. */
export function keyNote({ keyFrom }: VerifyView): string {
  return keyFrom === undefined
    ? '✓ it looks like an API key; only the API knows whether it is good'
    : `✓ from ${keyFrom}`;
}

const why = text(
  'Only a call from the vendor’s side proves the whole way: that the CA is registered, the edge, the certificate, the route and the server behind it. Claude makes that call through the Messages API.',
);

function whatText({ calls, model, api, notices }: VerifyView): readonly Block[] {
  const requests = calls.length === 1 ? 'one request' : `${calls.length} requests`;
  return [
    ...calls.flatMap(({ route, url, tool, ground }): readonly Block[] => [
      {
        kind: 'facts',
        rows: [
          { label: 'Route', value: `${route}, ${url}` },
          { label: 'Tool', value: `${tool}: ${callGrounds[ground]}; no other is allowed` },
        ],
      },
    ]),
    {
      kind: 'facts',
      rows: [
        { label: 'Model', value: model },
        { label: 'Sent to', value: api },
        {
          label: 'Cost',
          value: `${requests}, at most ${mostAnswerTokens} tokens of answer each, billed to the API key`,
          tone: 'warn',
        },
      ],
    },
    ...notices.map((notice) => text(notice, 'warn')),
  ];
}

function askingText(view: VerifyView, rehearsal: boolean): readonly Block[] {
  return [
    { kind: 'heading', text: 'Let Claude call a route' },
    why,
    gap,
    ...whatText(view),
    gap,
    rehearsal
      ? text('The simulated Console has given a key. No other is sent anywhere.', 'quiet')
      : text(
          'The key must be of the tunnel’s workspace: Console (platform.claude.com), choose it, then Settings > API keys. It is kept in memory, and only until this page is left.',
          'quiet',
        ),
  ];
}

function answeredText({ flow: { answered } }: VerifyView): readonly Block[] {
  return answered.flatMap(({ route, tool, input, text: answer, failed }): readonly Block[] => [
    {
      kind: 'finding',
      sign: failed ? 'fail' : 'pass',
      title: `Claude called ${tool} of ${route}${input === undefined ? '' : ` with ${input}`}. ${failed ? 'It failed:' : 'It answered:'}`,
    },
    text(answer === '' ? '(nothing)' : answer, 'strong'),
    gap,
  ]);
}

function levelText({ flow: { level, proven, unproven } }: VerifyView): readonly Block[] {
  if (level === undefined) return [];
  return [
    { kind: 'heading', text: `Verified to level ${level} of 4` },
    ...proven.map((title): Block => ({ kind: 'finding', sign: 'pass', title })),
    ...unproven.map((title): Block => ({ kind: 'finding', sign: 'warn', title })),
    gap,
  ];
}

/** A call from the vendor's side: what it is and costs, that it is under way, what came of it. */
export function verifyText(view: VerifyView, rehearsal: boolean): readonly Block[] {
  const { status, flow } = view;
  switch (status) {
    case 'looking':
      return [
        { kind: 'heading', text: 'Let Claude call a route' },
        why,
        gap,
        text('Asking the upstreams which tools they have …', 'accent'),
        text('Nothing is sent before you have seen what, and agreed.', 'quiet'),
      ];
    case 'asking':
      return askingText(view, rehearsal);
    case 'calling':
      return [
        { kind: 'heading', text: 'Claude is calling' },
        ...whatText(view),
        gap,
        text('It answers within seconds; a server that hangs can take two minutes.', 'quiet'),
      ];
    case 'ended':
      return [
        ...answeredText(view),
        ...levelText(view),
        ...(flow.failure ? failureText(flow.failure, flow.outcome) : []),
      ];
  }
}
