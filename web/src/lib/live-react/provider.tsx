"use client";
/** One live client for all that is below it, for as long as it is mounted. */
import { createContext, use, useEffect, useState, type ReactNode } from "react";
import { connect, type LiveClient } from "@/lib/live";

const Context = createContext<LiveClient | null>(null);

export function LiveProvider({ children }: { children: ReactNode }) {
  const [client, setClient] = useState<LiveClient | null>(null);
  useEffect(() => {
    const opened = connect({ url: liveAddress(window.location) });
    const retry = () => opened.retryNow();
    window.addEventListener("online", retry);
    // The connection is an outside system; the tree below learns of it once it is there.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setClient(opened);
    return () => {
      window.removeEventListener("online", retry);
      opened.close();
    };
  }, []);
  return <Context value={client}>{children}</Context>;
}

/** Null until the first effect has run. */
export function useLiveClient(): LiveClient | null {
  return use(Context);
}

function liveAddress({ protocol, host }: Location): string {
  return `${protocol === "https:" ? "wss" : "ws"}://${host}/api/v1/live`;
}
