"""The words of the player itself."""

from __future__ import annotations

from geodata.i18n import Text, label, text

_HELP_ZH = """→ ↓ 空格 PageDown|下一场景
← ↑ PageUp|上一场景
Home / End|第一个 / 最后一个场景
数字 + Enter|跳到该场景
F|全屏
单击地图|查看该处要素
B 或 .|黑屏
A|自动播放
L|激光点
T|图层开关
S|打开讲稿窗口
0 或双击地图|回到本场景的位置
Esc|关闭、退出全屏"""
_HELP_EN = """→ ↓ Space PageDown|Next scene
← ↑ PageUp|Previous scene
Home / End|First / last scene
Number + Enter|Go to that scene
F|Full screen
Click on the map|What lies there
B or .|Black screen
A|Autoplay
L|Laser spot
T|Layers on and off
S|Open the notes window
0 or double click|Back to the scene's place
Esc|Close, leave full screen"""
_NOTES_HELP_ZH = """→ ↓ 空格 PageDown|下一场景
← ↑ PageUp|上一场景
Home / End|第一个 / 最后一个场景
数字 + Enter|跳到该场景
B 或 .|观众窗口黑屏
A|观众窗口自动播放
L|观众窗口激光点，随该窗口上的鼠标移动
T|观众窗口图层开关
0|观众窗口回到本场景的位置
Esc|关闭按键说明"""
_NOTES_HELP_EN = """→ ↓ Space PageDown|Next scene
← ↑ PageUp|Previous scene
Home / End|First / last scene
Number + Enter|Go to that scene
B or .|Black screen for the audience
A|Autoplay in the audience's window
L|Laser spot there, at the mouse over that window
T|Layers on and off there
0|Back to the scene's place there
Esc|Close these keys"""

PLAYER_WORDS: dict[str, Text] = {
    "previous": label("上一场景", "Previous scene"),
    "next": label("下一场景", "Next scene"),
    "autoplay": label("自动播放", "Autoplay"),
    "fullScreen": label("全屏", "Full screen"),
    "spot": label("激光点", "Laser spot"),
    "layers": label("图层", "Layers"),
    "notes": label("讲稿", "Notes"),
    "help": label("按键说明", "Keys"),
    "helpTitle": label("按键说明", "Keys"),
    "helpLines": label(_HELP_ZH, _HELP_EN),
    "notesHelpLines": label(_NOTES_HELP_ZH, _NOTES_HELP_EN),
    "blank": label("黑屏", "Black screen"),
    "illustrative": label("示例数据", "Illustrative data"),
    "source": text("Source: {layers} ({through})"),
    "allIllustrative": text("All layers are illustrative data, not real."),
    "someIllustrative": text("These layers are illustrative, not real: {layers}."),
    "comma": text(", "),
    "noNotes": label("本场景没有讲稿，或此处未附讲稿。", "This scene has no notes, or they are left out here."),
    "nextScene": label("下一场景", "Next"),
    "colon": label("：", ": "),
    "end": label("这是最后一个场景。", "This is the last scene."),
    "timer": label("已讲", "Elapsed"),
    "sceneTimer": label("本场景", "This scene"),
    "clock": label("时间", "Time"),
    "reset": label("计时归零", "Reset timer"),
    "lost": label(
        "汇报无法载入，请检查网络后刷新页面。", "The story can't be loaded; check the network and reload this page."
    ),
    "empty": label("这份汇报还没有场景。", "This story has no scenes yet."),
}
"""Each by the name that the script has for it."""
