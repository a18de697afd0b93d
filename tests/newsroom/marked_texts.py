"""Pasted markup in which some words are no text: what the server's cleaner and the editor both leave of it."""

WORD = (
    "<p>Le maire a <span class=msoDel><del>détourné</del></span><span class=msoIns><ins>obtenu</ins></span> "
    "trois millions.</p>"
)
WORD_COMMENT = """<p class=MsoNormal>Le maire a <a
style='mso-comment-reference:NB_1;mso-comment-date:20261201T0900'>obtenu </a><span
class=MsoCommentReference><span style='font-size:8.0pt'><![if !supportAnnotations]><a class=msocomanchor
id="_anchor_1" href="#_msocom_1" name="_msoanchor_1">[NB1]</a><![endif]><span
style='mso-special-character:comment'>&nbsp;</span></span></span> trois millions.</p>
<div style='mso-element:comment-list'><![if !supportAnnotations]><hr class=msocomoff align=left size=1
width="33%"><![endif]><div style='mso-element:comment'><div id="_com_1" class=msocomtxt><span
style='mso-comment-author:"Nadia"'><p class=MsoCommentText>Source : Karim, du cabinet.</p></span></div></div></div>"""

SAMPLES = [
    (WORD, "Le maire a obtenu trois millions."),
    (WORD_COMMENT, "Le maire a obtenu trois millions."),
    ("<p>a <del>b</del> c</p>", "a c"),
    ("<p>a <del>b <ins>bis</ins></del> c</p>", "a c"),
    ("<p>a <ins>b <del>bis</del></ins> c</p>", "a b c"),
    ("<p>a <s>b</s> <strike>c</strike> d</p>", "a d"),
    ("<del><p>un</p><p>deux</p></del><p>trois</p>", "trois"),
    ("<p>un</p><ul><li><del>deux</del></li><li>trois</li></ul>", "un trois"),
    ("<p>a <span style='text-decoration:line-through'>b</span> c</p>", "a c"),
    ("<p>a <span style='TEXT-DECORATION : underline LINE-THROUGH'>b</span> c</p>", "a c"),
    ("<p>a <span style='color:red;text-decoration-line: line-through'>b</span> c</p>", "a c"),
    ("<p>a <font style='text-decoration: line-through'><font color=red>b</font> b</font> c</p>", "a c"),
    ("<p>a <b style='text-decoration:line-through'>b</b> <b>c</b></p>", "a c"),
    ('<p>a <del cite="mailto:x" datetime="2026-12-01T09:00">b</del> c</p>', "a c"),
    ("<p>a <span style='display:none'>b</span> c</p>", "a c"),
    ("<p>a <span style='display : none !important'>b</span> c</p>", "a c"),
    ("<p>a <span style='mso-hide:all'>b</span> c</p>", "a c"),
    ("<p>a <span style='visibility:hidden'>b</span> c</p>", "a c"),
    ("<p>a <span style='font-size:0'>b</span> <span style='font-size:0px;x:y'>b</span> c</p>", "a c"),
    ("<p>a <span style='font-size:0.9em'>b</span> c</p>", "a b c"),
    ("<p>a <span style='opacity:0'>b</span> <span style='opacity:0.5'>c</span></p>", "a c"),
    ("<p>a <span hidden>b</span> c</p>", "a c"),
    ("<p hidden>a</p><p>b</p>", "b"),
    ("<div style='display:none'><p>a</p><table><tr><td>b</td></tr></table></div><p>c</p>", "c"),
    ("<table><tr><td>a</td><td><del>b</del></td></tr></table>", "a"),
    ("<p>a <!--[if gte mso 9]><b>b</b><![endif]--> c</p>", "a c"),
    ("<p>a <![if !supportLists]>b<![endif]> c</p>", "a b c"),
    ("<p>a <span style='mso-comment-reference:NB_1'>b</span> c</p>", "a b c"),
    ("<p>a <u>b</u> <span style='text-decoration:underline'>c</span></p>", "a b c"),
    ("<p>a <span class=delicat>b</span></p>", "a b"),
]
