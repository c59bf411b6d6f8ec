"use client";
/** The frame around every page: rail and top bar, or a bottom bar on the phone. */
import type { ReactNode } from "react";
import { Mark } from "@/components/mark";
import { AccountMenu, type Account } from "./account-menu";
import { ConnectionBanner } from "./connection-banner";
import { LiveState } from "./live-state";
import { Navigation } from "./navigation";
import { ThemeSwitch } from "./theme-switch";

export interface ShellProps {
  organisation: { readonly name: string; readonly time_zone: string };
  account: Account;
  /** What narrows all that the page shows, such as the period. */
  filters: ReactNode;
  children: ReactNode;
}

export function Shell({ organisation, account, filters, children }: ShellProps) {
  return (
    <div className="grid min-h-dvh grid-rows-[1fr_auto] bg-surface md:grid-cols-[13.5rem_minmax(0,1fr)] md:grid-rows-1">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-30 focus:m-2 focus:rounded-md focus:bg-surface focus:p-3"
      >
        Skip to the figures
      </a>
      <aside
        aria-label="Salescope"
        className="sticky top-0 hidden h-dvh flex-col gap-4 border-r border-line bg-raised p-3 md:flex"
      >
        <div className="flex h-8 items-center gap-2 px-1.5 font-semibold">
          <Mark />
          Salescope
        </div>
        <Navigation shape="rail" />
        <AccountMenu
          {...account}
          className="relative"
          buttonClassName="flex h-10 w-full min-w-0 items-center gap-2.5 rounded-md px-2 text-left font-medium hover:bg-sunken"
          panelClassName="bottom-full left-0 mb-1 w-56"
        />
      </aside>
      <div className="min-w-0 pb-2">
        <header className="sticky top-0 z-10 border-b border-line bg-surface">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5 sm:px-6 md:min-h-14">
            <p className="min-w-0 flex-1 truncate text-lg font-semibold" title={organisation.name}>
              {organisation.name}
            </p>
            <div className="order-last w-full lg:order-none lg:w-auto">{filters}</div>
            <LiveState timeZone={organisation.time_zone} />
            <div className="hidden sm:block">
              <ThemeSwitch />
            </div>
          </div>
          <ConnectionBanner timeZone={organisation.time_zone} />
        </header>
        <main id="content" tabIndex={-1} className="mx-auto max-w-[100rem] px-4 py-5 outline-none sm:px-6">
          {children}
        </main>
      </div>
      <div className="sticky bottom-0 z-20 flex border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden">
        <Navigation shape="bar" />
        <AccountMenu
          {...account}
          caption="Account"
          className="relative flex-1"
          buttonClassName="grid min-h-14 w-full content-center justify-items-center gap-0.5 font-medium text-muted"
          panelClassName="right-3 bottom-full mb-2 w-64"
        />
      </div>
    </div>
  );
}
