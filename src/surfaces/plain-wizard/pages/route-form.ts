import { gap } from '../../../../screens/blocks/block.ts';
import { emptyDraft, pasteRoutes } from '../../../../screens/routes/route-draft.ts';
import {
  moreRangesNote,
  routeFormText,
  settingNotes,
  settingsText,
  upstreamNote,
} from '../../../../screens/texts/routes-text.ts';
import { installQuestions } from '../../../questions/install-questions.ts';
import type { DraftRoute } from '../../wizard/draft.ts';
import { routeProblems } from '../../wizard/forms.ts';
import { ask } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

/** Asks for one route; `index` is the row that is edited. Undefined if the person went back. */
export async function askRoute(
  face: PlainFace,
  index: number | undefined,
): Promise<DraftRoute | undefined> {
  const { draft } = face.state;
  const before = index === undefined ? undefined : draft.routes[index];
  const problems = (name: string, upstream: string) => routeProblems(draft, name, upstream, index);
  face.show([gap, ...routeFormText(before?.name)]);
  const typed = await ask(face, {
    label: 'Name',
    preset: before?.name,
    help: installQuestions.routes.help,
    judge: (answer) => problems(pasteRoutes(emptyDraft, answer)?.name ?? answer, '').name,
  });
  if (typed === undefined) return undefined;
  const pasted = pasteRoutes(emptyDraft, typed);
  const name = pasted?.name ?? (typed === '' ? (before?.name ?? '') : typed);
  if (pasted && problems(name, pasted.upstream).upstream === undefined) return pasted;
  const upstream = await ask(face, {
    label: 'Upstream',
    preset: before?.upstream,
    help: upstreamNote(0),
    judge: (answer) => problems(name, answer).upstream,
  });
  if (upstream === undefined) return undefined;
  return { name, upstream: upstream === '' ? (before?.upstream ?? '') : upstream };
}

/** What empties an answer that may be left out; Enter keeps it. */
const nothing = 'none';

async function askOptional(
  face: PlainFace,
  about: { label: string; value: string; without: string; help: string },
  judge: (text: string) => string | undefined,
): Promise<string | undefined> {
  const { label, value, without, help } = about;
  const answer = await ask(face, {
    label,
    preset: value === '' ? without : value,
    help: value === '' ? help : `${help} Type ${nothing} for ${without}.`,
    judge: (text) => (text === nothing ? undefined : judge(text)),
  });
  if (answer === undefined) return undefined;
  if (answer === '') return value;
  return answer === nothing ? '' : answer;
}

/** Asks which addresses the proxy may dial, and whose certificates it trusts on the way. */
export async function askUpstreamSettings(face: PlainFace): Promise<void> {
  const { wizard } = face;
  const { allowedIps, upstreamCa, upstreamSystemCas } = installQuestions;
  face.show([gap, ...settingsText]);
  const ranges = await askOptional(
    face,
    {
      value: face.state.draft.allowedIps,
      ...(face.state.routing
        ? {
            label: 'More allowed addresses (allowed_ips)',
            without: nothing,
            help: moreRangesNote,
          }
        : {
            label: 'Allowed addresses (allowed_ips)',
            without: 'the private ranges',
            help: settingNotes.allowedIps,
          }),
    },
    (text) => {
      const list = allowedIps.parse(text);
      return list.ok ? undefined : list.problem;
    },
  );
  if (ranges === undefined) return;
  wizard.routes.setUpstream('allowedIps', ranges);
  const file = await askOptional(
    face,
    {
      label: 'CA file for https upstreams',
      value: face.state.draft.upstreamCa,
      without: nothing,
      help: settingNotes.upstreamCa,
    },
    (text) => {
      const path = upstreamCa.parse(text);
      return path.ok ? undefined : path.problem;
    },
  );
  if (file === undefined) return;
  if (file !== face.state.draft.upstreamCa) wizard.routes.setUpstream('upstreamCa', file);
  const trusts = await ask(face, {
    label: 'Trust public CAs (yes or no)',
    preset: face.state.draft.upstreamSystemCas ? 'yes' : 'no',
    help: settingNotes.systemCas,
    judge: (text) => {
      const yes = upstreamSystemCas.parse(text);
      return yes.ok ? undefined : yes.problem;
    },
  });
  if (trusts === undefined || trusts === '') return;
  const read = upstreamSystemCas.parse(trusts);
  if (read.ok && read.value !== face.state.draft.upstreamSystemCas)
    wizard.routes.setSystemCas(read.value);
}
