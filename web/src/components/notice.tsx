"use client";
/** A state in words: what is so, why, and one thing to do about it. */
import { Check, Copy } from "lucide-react";
import { useState, type ReactNode } from "react";

export interface NoticeProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** Of the request that failed, to be handed to whoever looks into it. */
  requestId?: string | undefined;
  icon?: ReactNode;
  urgent?: boolean;
}

export function Notice({ title, children, action, requestId, icon, urgent = false }: NoticeProps) {
  return (
    <div
      role={urgent ? "alert" : undefined}
      className="grid h-full place-content-center justify-items-center gap-2 p-6 text-center"
    >
      {icon && <div className="text-muted">{icon}</div>}
      <p className="font-medium">{title}</p>
      {children && <p className="max-w-prose text-sm text-balance text-muted">{children}</p>}
      {action && <div className="mt-1">{action}</div>}
      {requestId && <RequestId id={requestId} />}
    </div>
  );
}

export function RequestId({ id }: { id: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard?.writeText(id).then(() => setCopied(true));
  return (
    <button
      type="button"
      onClick={copy}
      className="inline-flex min-h-8 items-center gap-1.5 rounded px-1.5 text-xs text-muted hover:text-text"
    >
      Request <span className="font-mono">{id}</span>
      {copied ? <Check size="0.75rem" aria-hidden /> : <Copy size="0.75rem" aria-hidden />}
      <span className="sr-only" aria-live="polite">
        {copied ? "copied" : "copy"}
      </span>
    </button>
  );
}
