/** What a figure means and exactly what it is, behind the button beside its name. */
import { Info } from "lucide-react";
import { Disclosure } from "@/components/disclosure";
import type { Definition } from "@/lib/api/kpis";
import { figureFormat } from "@/lib/format";
import type { Group } from "@/lib/live";

export function KpiExplanation({ definition, group }: { definition: Definition; group: Group | undefined }) {
  const { name, description, counts, leaves_out } = definition;
  return (
    <Disclosure
      label={`What ${name} means`}
      button={<Info size="0.875rem" aria-hidden />}
      buttonClassName="-my-2 -mr-2.5 grid size-11 place-items-center rounded-md text-muted hover:text-text sm:-mr-1.5 sm:size-8 sm:-my-1"
      panelClassName="inset-x-2 top-11 p-3"
    >
      <dl className="grid gap-2 text-sm [&_dt]:text-muted">
        <div>
          <dt className="sr-only">Meaning</dt>
          <dd>{description}</dd>
        </div>
        {group && <Line term="Exactly">{figureFormat().exact(group.value, group.unit)}</Line>}
        {counts && <Line term="Counts">{counts}</Line>}
        {leaves_out && <Line term="Leaves out">{leaves_out}</Line>}
      </dl>
    </Disclosure>
  );
}

function Line({ term, children }: { term: string; children: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd className="figures">{children}</dd>
    </div>
  );
}
