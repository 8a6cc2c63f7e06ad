"""Which address shows what. Names from the store come last, as they are."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from portvagt_isp.desk.views import cases, events, exemptions, files, orders, overview, routers, trace

urlpatterns = [
    path("", overview.show, name="overview"),
    path("case/<path:incident>", cases.show, name="case"),
    path("cases", cases.index, name="cases"),
    path("order/<slug:name>/<path:incident>", orders.about_case, name="order"),
    path("ask/<path:cpe_id>", orders.ask_state, name="ask"),
    path("xarf/<path:incident>", cases.xarf, name="xarf"),
    path("routers", routers.index, name="routers"),
    path("router/<path:cpe_id>", routers.show, name="router"),
    path("policy/<path:cpe_id>", routers.policy, name="policy"),
    path("requests", exemptions.index, name="requests"),
    path("refuse/<path:incident>", exemptions.refuse, name="refuse"),
    path("trace", trace.show, name="trace"),
    path("stop/<path:command_id>", trace.stop, name="stop"),
    path("events", events.index, name="events"),
    path("events.csv", events.csv_file, name="events_csv"),
    path("quarantine", events.quarantine, name="quarantine"),
    path("log", events.log, name="log"),
    path("login", LoginView.as_view(template_name="desk/login.html"), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("desk.css", files.style, name="style"),
    path("icon.svg", files.icon, name="icon"),
    path("desk.js", files.script, name="script"),
]
handler403 = files.forbidden
handler404 = files.missing
