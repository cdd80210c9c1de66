import { Box } from 'ink';
import { pageLines } from '../blocks/block-lines.ts';
import { StyledLines } from '../blocks/styled-lines.tsx';
import { TextField } from '../fields/text-field.tsx';
import { keyMap } from '../key-map.ts';
import { Frame, roomIn } from '../parts/frame.tsx';
import { calledUrl, routeFormText, upstreamNote } from '../texts/routes-text.ts';
import { useKeys } from '../use-keys.ts';
import type { Shell } from '../views.ts';
import { shareRows } from './message-room.ts';
import { enterField, pasteRoutes, type RouteDraft, type RouteField } from './route-draft.ts';

export interface RouteFormProps {
  readonly shell: Shell;
  readonly domain: string;
  /** The route that is edited; undefined for a new one. */
  readonly edited: string | undefined;
  readonly draft: RouteDraft;
  readonly onDraft: (change: (draft: RouteDraft) => RouteDraft) => void;
  /** Of the draft as it is; shown for fields that were judged. */
  readonly problems: { readonly name?: string; readonly upstream?: string };
  readonly onSave: () => void;
  readonly onClose: () => void;
}

/** Labels, values and the gap between two fields. */
const fieldRows = 5;

/** One route to type: its name and where it leads. */
export function RouteForm(props: RouteFormProps) {
  const { shell, domain, edited, draft, onDraft, problems, onSave, onClose } = props;
  const { columns: width, rows } = roomIn(shell);
  const isLast = draft.field === 'upstream';
  const go = (field: RouteField) => onDraft((before) => enterField(before, field));
  const other = () => go(isLast ? 'name' : 'upstream');
  useKeys({
    continue: () => (isLast ? onSave() : go('upstream')),
    nextField: other,
    previousField: other,
    up: () => go('name'),
    down: () => go('upstream'),
    back: onClose,
  });

  const problemOf = (field: RouteField) =>
    draft.judged.includes(field) ? problems[field] : undefined;
  const messages = [
    {
      problem: problemOf('name'),
      note: `Claude calls ${calledUrl(draft.name.trim() || 'NAME', domain)}`,
    },
    { problem: problemOf('upstream'), note: upstreamNote(draft.leftOut) },
  ];
  const [forName = 0, forUpstream = 0] = shareRows(
    messages,
    isLast ? 1 : 0,
    width,
    rows - 1 - fieldRows,
  );
  const forText = Math.max(1, rows - fieldRows - forName - forUpstream - 1);
  const lines = pageLines(routeFormText(edited), width);
  const text = lines.length <= forText ? lines : lines.slice(0, 1);
  const hasGap = text.length + 1 + fieldRows + forName + forUpstream <= rows;
  return (
    <Frame
      shell={shell}
      hints={[
        { action: 'continue', label: isLast ? 'save' : 'next field' },
        { action: 'back', label: 'back to the routes' },
        { action: 'up', label: `${keyMap.down.shown} fields` },
      ]}
    >
      <StyledLines lines={hasGap ? [...text, []] : text} />
      <TextField
        label="Name"
        value={draft.name}
        onChange={(name) => onDraft((before) => ({ ...before, name }))}
        onPaste={(pasted) => {
          const filled = pasteRoutes(draft, pasted);
          if (filled) onDraft((before) => pasteRoutes(before, pasted) ?? before);
          return filled !== undefined;
        }}
        active={!isLast}
        width={width}
        placeholder="wiki"
        messageRows={forName}
        {...messages[0]}
      />
      <Box marginTop={1} flexShrink={0}>
        <TextField
          label="Upstream"
          value={draft.upstream}
          onChange={(upstream) => onDraft((before) => ({ ...before, upstream }))}
          active={isLast}
          width={width}
          placeholder="http://10.0.0.5:8000"
          messageRows={forUpstream}
          {...messages[1]}
        />
      </Box>
    </Frame>
  );
}
