"""What every page has to get right for eyes and fingers, whatever it is about."""

from collections.abc import Iterator

from playwright.sync_api import Page

#: Widths of windows in px: the narrowest there is (a desk's at 400 % zoom), a phone's, a desk's at
#: 200 % zoom, and a desk's.
NARROWEST, PHONE, HALF, DESK = 320, 390, 640, 1280

#: Names everything that sticks out of the window. The page clips what does, so that its own scroll
#: width would not tell.
OUTSIDE = """() => {
    const width = document.documentElement.clientWidth;
    const mayStickOut = "table, .table-scroll *, .visually-hidden, .skip";
    const found = [...document.body.querySelectorAll("*")].filter((element) => {
        const box = element.getBoundingClientRect();
        // What is folded away keeps the place that it had in another width.
        const isShown = box.width > 1 && box.height > 1 && element.checkVisibility();
        return isShown && (box.right > width + 1 || box.left < -1) && !element.closest(mayStickOut);
    });
    if (document.documentElement.scrollWidth > innerWidth) found.unshift(document.body);
    return found.slice(0, 3).map((element) => element.outerHTML.slice(0, 120));
}"""
#: Names words that are cut off, because their box can neither grow nor be scrolled.
CUT_OFF = """() => [...document.body.querySelectorAll("*")]
    .filter((element) => {
        const { overflowX, overflowY } = getComputedStyle(element);
        const isCut = (way, inside, outside) => ["hidden", "clip"].includes(way) && inside() > outside() + 1;
        return (
            element !== document.body &&
            (
                isCut(overflowX, () => element.scrollWidth, () => element.clientWidth) ||
                isCut(overflowY, () => element.scrollHeight, () => element.clientHeight)
            ) &&
            element.innerText?.trim() && !element.closest(".visually-hidden, .table-scroll")
        );
    })
    .slice(0, 3)
    .map((element) => element.outerHTML.slice(0, 120))"""
#: Names buttons that lie over another one.
OVER_ANOTHER = """() => {
    const buttons = [...document.querySelectorAll(".button")].filter((element) => element.checkVisibility());
    const boxes = buttons.map((element) => element.getBoundingClientRect());
    const meet = (a, b) =>
        a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    return buttons
        .filter((_, at) => boxes.some((box, other) => other < at && meet(box, boxes[at])))
        .slice(0, 3)
        .map((element) => element.outerHTML.slice(0, 120));
}"""
#: Names the parts of the page that are seen before those that are read before them.
OUT_OF_ORDER = """() => {
    const parts = [...document.querySelectorAll("main > *")]
        .map((element) => [element, element.getBoundingClientRect()])
        .filter(([element, box]) => box.height > 1 && getComputedStyle(element).position === "static");
    return parts
        .filter(([, box], index) => index > 0 && box.bottom <= parts[index - 1][1].top)
        .map(([element]) => element.outerHTML.slice(0, 120));
}"""
#: Names everything that can have the focus and does not show it. One Tab has been pressed before,
#: so the browser takes the reader for somebody with a keyboard.
UNSEEN_FOCUS = """() => {
    const places = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])";
    const isSeen = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const unseen = [];
    for (const element of document.querySelectorAll(places)) {
        element.focus();
        if (document.activeElement !== element) continue;
        // A card whose title is a link shows the focus around itself.
        if (isSeen(getComputedStyle(element)) || isSeen(getComputedStyle(element, "::after"))) continue;
        unseen.push(element.outerHTML.slice(0, 120));
    }
    return unseen;
}"""
#: Names everything to press that is smaller than a fingertip and stands alone (WCAG 2.5.8), and the
#: buttons for answering and leaving, where they are smaller than a thumb (2.5.5).
SMALL = """() => [...document.querySelectorAll("button, .button, summary, input, select, [data-leave]")]
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([element, box]) => {
        const least = element.matches(".answers button, [data-leave], .add-to-calendar a") ? 44 : 24;
        return box.width > 1 && (box.width < least || box.height < least);
    })
    .map(([element]) => element.outerHTML.slice(0, 120))"""
#: The letters of a browser that nobody has changed, in px.
USUAL_LETTERS = 16
#: The space around letters that WCAG 1.4.12 lets readers set. The page allows no style of others, so
#: this one comes as the browser's own would.
MORE_SPACE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
        * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
        p { margin-block-end: 2em !important }
    `);
    document.adoptedStyleSheets = [sheet];
}"""
USUAL_SPACE = "() => { document.adoptedStyleSheets = []; }"


def turn(page: Page, width: int, scheme: str = "light") -> None:
    """Give the window another width, and the day another light."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    if page.viewport_size is None or page.viewport_size["width"] != width:
        page.set_viewport_size({"width": width, "height": 900})


def misfits(page: Page, how: str) -> Iterator[str]:
    """Tell what does not fit into the window as it is now; `how` says that in words."""
    looks = (("sticks out", OUTSIDE), ("is cut off", CUT_OFF), ("lies over another", OVER_ANOTHER))
    for what, parts in looks:
        for part in page.evaluate(parts):
            yield f"{what} {how}: {' '.join(part.split())}"


def misfits_with_space(page: Page, how: str) -> Iterator[str]:
    """Tell what does not fit once a reader has asked for space between letters, words and lines."""
    page.evaluate(MORE_SPACE)
    yield from misfits(page, f"{how} with space between letters")
    page.evaluate(USUAL_SPACE)


def misfits_in_large_letters(page: Page, how: str) -> Iterator[str]:
    """Tell what does not fit when the browser writes twice as large."""
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 2 * USUAL_LETTERS}})
    yield from misfits(page, f"{how} with letters twice as large")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": USUAL_LETTERS}})
    session.detach()


def faults_of_order(page: Page) -> Iterator[str]:
    """Tell what stands in another order than it is read in."""
    for part in page.evaluate(OUT_OF_ORDER):
        yield f"seen before what is read before it: {' '.join(part.split())}"


def faults_of_size(page: Page) -> Iterator[str]:
    """Tell what is too small to press."""
    for part in page.evaluate(SMALL):
        yield f"too small for a finger: {' '.join(part.split())}"


def faults_of_focus(page: Page) -> Iterator[str]:
    """Tell what hides that it has the focus."""
    page.keyboard.press("Tab")
    for part in page.evaluate(UNSEEN_FOCUS):
        yield f"focus cannot be seen: {' '.join(part.split())}"
