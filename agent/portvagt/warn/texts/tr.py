"""Turkish, with siz. {isp} stands before "müşteri hizmetleri", so that no name needs an ending.

The hyphen of e‑posta is U+2011, after which no line is broken.
"""

TEXT = {
    "language": "Dil",
    "more": "Güvenlik hakkında",
    "your_provider": "internet sağlayıcınızın",
    # the device is stopped, and nobody has read it yet
    "stopped": "Bu cihazdan e‑posta gönderimini durdurduk",
    "stopped_lead": "Cihaz, siz fark etmeden spam gönderiyor gibi görünüyor. Büyük olasılıkla sizin hatanız değil.",
    "device": "Cihaz",
    "this_device": "Şu anda kullandığınız cihaz.",
    "named": "{name} – şu anda kullandığınız cihaz.",
    "mac": "MAC adresi {tail} ile bitiyor.",
    "random_mac": "MAC adresi rastgele ve {tail} ile bitiyor.",
    "seen": "Ne gördük",
    "sighting": "{ago}, {within} {times} e‑posta göndermeye çalıştı. Daha önce kullanmadığı {servers} bağlandı.",
    "ordered": "Modem, e‑posta gönderimini {ago} durdurdu.",
    "ago_moment": "az önce",
    "within_moment": "bir saniyeden kısa sürede",
    "wait_moment": "birazdan",
    "works": "Açık olanlar",
    "works_text": "İnternet, TV ve e‑posta okuma. Yalnızca e‑posta gönderimi durduruldu.",
    "works_usual": "İnternet, TV ve her zamanki sağlayıcınız üzerinden e‑posta.",
    "works_gate": "Düğmeye basınca internet açılır. Yalnızca e‑posta gönderimi durduruldu.",
    "works_garden": "Yalnızca cihazı temizlemenize yardım eden sayfalar.",
    "steps": "Üç şey yapın",
    "choose_kind": "Bu ne tür bir cihaz?",
    "another_kind": "Başka türde bir cihaz mı?",
    "acknowledge": "Okudum",
    "cleaned": "Cihazı temizledim",
    "again": "Ne zaman yeniden gönderebilirim?",
    "again_read": "Cihaz {hold} spam göndermezse e‑posta kendiliğinden açılır. "
    "Düğme e‑postayı açmaz. Yalnızca bu sayfayı gördüğünüzü bildirir.",
    "again_gate": "Düğme interneti açar. Cihaz {hold} spam göndermezse e‑posta kendiliğinden açılır.",
    "again_wait": "Cihaz o zamana kadar sakin kalırsa e‑posta {wait} kendiliğinden açılır. "
    "Düğme bize haber verir. E‑postayı açmaz.",
    "again_garden": "Düğme interneti yeniden açar. Cihaz {hold} spam göndermezse e‑posta kendiliğinden açılır.",
    "choices": "Durumunuz farklı mı?",
    "to_mail_server": "Bu benim e‑posta sunucum",
    "to_not_mine": "Bu cihaz benim değil",
    "to_mail": "E‑postanızı 587 numaralı porta taşıyın",
    "to_prevention": "Virüslerden korunun",
    "real": "Bu sayfa gerçek mi?",
    "real_text": "Bize sorun. Faturanızdaki numaradan {isp} müşteri hizmetlerini arayın.",
    "real_phone": "Faturada {phone} yazar.",
    "real_promise": "Sizden asla para veya şifre istemeyiz. Bu sayfada indirilecek bir şey yok.",
    "help": "Yardıma ihtiyacınız var mı?",
    "help_text": "Lütfen {isp} müşteri hizmetlerini arayın. Numara faturanızda yazar.",
    # after a button
    "waiting": "Teşekkürler. Artık biliyorsunuz",
    "waiting_lead": "Cihaz hâlâ e‑posta gönderemiyor. Diğer her şey çalışıyor. Cihazı üç adımda temizleyin.",
    "reported": "Temizlediğiniz için teşekkürler",
    "reported_lead": "Cihaz o zamana kadar sakin kalırsa e‑posta {wait} kendiliğinden açılır. "
    "Başka bir şey yapmanız gerekmez.",
    # the garden
    "garden": "Cihazı temizleyin, internet açılsın",
    "garden_lead": "Cihaz hâlâ spam göndermeye çalışıyor. Büyük olasılıkla sizin hatanız değil.",
    "garden_closed": "Bizi arayın, yardımcı olalım",
    "garden_closed_lead": "Cihazın temiz olduğunu bildirdiniz, ama hâlâ spam göndermeye çalışıyor. "
    "Artık interneti yalnızca {isp} müşteri hizmetleri açabilir.",
    # mail is open
    "released": "E‑posta yeniden açık",
    "released_lead": "Cihaz yeterince uzun süredir sakin. Üç iyi alışkanlık onu temiz tutar:",
    "clear": "Bir sorun görmedik",
    "clear_lead": "Bu cihaz her zamanki gibi e‑posta gönderebilir. Üç iyi alışkanlık virüsleri uzak tutar:",
    # requests to the provider
    "mail_server": "E‑posta sunucunuz mu var?",
    "mail_server_lead": "Çok kişiye e‑posta gönderen bir sunucu spam gibi görünebilir. "
    "Onu {isp} müşteri hizmetleri açabilir.",
    "mail_server_text": "Düğme bir numara gösterir. Bu numarayı {isp} müşteri hizmetlerine söyleyin. "
    "Yanıt gelene kadar e‑posta gönderimi kapalı kalır.",
    "mail_server_button": "Evet, bu benim e‑posta sunucum",
    "mail_server_sent": "Şimdi {isp} müşteri hizmetlerini arayın",
    "mail_server_sent_lead": "Bu numarayı söylerseniz konunun ne olduğunu görürler:",
    "mail_server_sent_text": "Siz {isp} müşteri hizmetlerinden yanıt alana kadar e‑posta gönderimi kapalı kalır.",
    "not_mine": "Bu cihaz sizin değil mi?",
    "not_mine_lead": "Bu sayfa şu anda kullandığınız cihazla ilgilidir.",
    "not_mine_text": "Bir misafirinizinse sayfayı ona gösterin. Kimse tanımıyorsa Wi-Fi şifrenizi değiştirin.",
    "not_mine_button": "Bu cihaz benim değil",
    "not_mine_sent": "Teşekkürler, not ettik",
    "not_mine_sent_lead": "Cihazdan e‑posta gönderimi hâlâ kapalı. "
    "Emin değilseniz {isp} müşteri hizmetlerini arayın ve bu numarayı söyleyin:",
    "not_mine_sent_text": "Cihazı kimse tanımıyorsa Wi-Fi şifrenizi değiştirin.",
    # always there
    "prevention": "Virüslerden nasıl korunursunuz",
    "prevention_lead": "Çoğu evde beş alışkanlık yeter. Hiçbiri para gerektirmez.",
    "tips": (
        ("Otomatik güncellemeleri açın.", "Açıkların çoğunu kimse bulmadan kapatırlar."),
        ("Her yerde farklı bir şifre kullanın.", "Şifre yöneticisi yardımcı olur. İki adımlı girişi açın."),
        ("Tıklamadan önce bekleyin.", "Yalnızca beklediğiniz dosyaları açın. Uygulamaları resmî mağazalardan indirin."),
        ("Cihazlarla gelen şifreleri değiştirin.", "Modemde, kamerada, NAS’ta ve ağınızdaki her şeyde."),
        ("Önemli dosyaların kopyasını saklayın.", "Kopyayı, sonra çıkaracağınız bir diskte tutun."),
    ),
    "clean": "Bir cihazda virüs mü var?",
    "clean_text": "Üç adımı görmek için cihazı seçin. Araçlar ücretsizdir ve üreticiden gelir.",
    "mail": "E‑postanızı 587 numaralı porta taşıyın",
    "mail_lead": "25 numaralı port sunucular içindir ve spam onu sık kullanır. "
    "E‑posta programları 587 numaralı portu kullanmalıdır.",
    "settings": "Ayarlarda ne yazmalı",
    "settings_list": (
        ("Giden sunucusu (SMTP)", "şimdikiyle aynı ad"),
        ("Port", "587"),
        ("Şifreleme", "STARTTLS"),
        ("Kimlik doğrulama", "“Giden sunucum (SMTP) kimlik doğrulaması gerektiriyor”, normal parola"),
        ("Kullanıcı adı ve şifre", "gelen e‑postadaki gibi"),
    ),
    "programs": "Nerede bulunur",
    "programs_list": (
        ("Outlook", "Dosya › Hesap Ayarları › Sunucu Ayarları › Giden posta"),
        ("Apple Mail", "Mail › Ayarlar › Hesaplar › Sunucu Ayarları › Giden Posta Sunucusu (SMTP)"),
        ("Thunderbird", "Hesap Ayarları › Giden sunucusu › Düzenle"),
    ),
    # something else
    "unavailable": "Sayfa birazdan hazır olacak",
    "unavailable_lead": "Modeminiz açılıyor. Yarım dakika bekleyip yeniden deneyin.",
    "missing": "Burada sayfa yok",
    "missing_lead": "Modeminizde böyle bir adres yok.",
    "expired": "Düğmeye yeniden basın",
    "expired_lead": "Sayfa çok eskiydi, bu yüzden bir şey olmadı.",
    "back": "Geri",
    "home": "Sayfayı yeniden açın",
}

KINDS = {
    "windows": "Windows bilgisayar",
    "mac": "Mac",
    "android": "Android",
    "ios": "iPhone veya iPad",
    "linux": "Linux",
    "nas": "NAS",
    "thing": "Kamera, TV ve diğerleri",
}

_MAIL_PASSWORD = ("E‑posta şifrenizi değiştirin.", "Bunu başka bir cihazda yapın.")

STEPS = {
    "windows": (
        ("Bilgisayarı tarayın.", "Windows Güvenliği’ni açın. Tarama seçenekleri altında çevrimdışı tarama yapın."),
        ("Tüm güncellemeleri yükleyin.", "Ayarlar’da, Windows Update altındadır. Tanımadığınız programları silin."),
        _MAIL_PASSWORD,
    ),
    "mac": (
        ("macOS’i güncelleyin.", "Sistem Ayarları’nda Genel’e bakın. Mac’iniz bilinen virüsleri kendisi siler."),
        ("Tanımadığınız uygulamaları silin.", "Uygulamalar klasörüne bakın. Çöp Sepeti’ni boşaltıp yeniden başlatın."),
        _MAIL_PASSWORD,
    ),
    "android": (
        ("Play Protect ile tarayın.", "Play Store’u açın ve resminize dokunun. Play Protect’i seçin."),
        ("Tanımadığınız uygulamaları silin.", "Sonra Ayarlar’dan tüm güncellemeleri yükleyin."),
        _MAIL_PASSWORD,
    ),
    "ios": (
        ("Son güncellemeyi yükleyin.", "Ayarlar’da Genel’e bakın. Sonra yeniden başlatın."),
        ("Tanımadığınız uygulama ve profilleri silin.", "Profiller, Genel ve VPN altındadır."),
        _MAIL_PASSWORD,
    ),
    "linux": (
        ("ClamAV ile tarayın.", "Ücretsizdir ve sistemin paketleri arasındadır."),
        ("Tüm güncellemeleri yükleyin.", "Tanımadığınız kullanıcıları, cron işlerini ve SSH anahtarlarını silin."),
        ("E‑posta ve SSH şifrelerini değiştirin.", "Bunu başka bir cihazda yapın."),
    ),
    "nas": (
        ("NAS’ı tarayın.", "Synology: Security Advisor. QNAP: Malware Remover. İkisi de ücretsizdir."),
        ("Güncelleyin ve dışarıya kapatın.", "Dışarıdan erişimi kapatın. Tanımadığınız kullanıcıları silin."),
        ("Şifresini değiştirin.", "Bunu başka bir cihazda yapın."),
    ),
    "thing": (
        ("Sıfırlayın.", "Kılavuz nasıl yapılacağını gösterir."),
        ("Güncelleyin.", "Güncelleme yoksa cihazı kapatın."),
        ("Yeni bir şifre verin.", "Bunu başka bir cihazdan yapın."),
    ),
    "other": (
        ("Virüsleri silin.", "Cihazla gelen virüs taramasını kullanın. Ücretsizdir."),
        ("Tüm güncellemeleri yükleyin.", "Tanımadığınız programları silin."),
        _MAIL_PASSWORD,
    ),
}

FORMS = {
    "times": ("bir kez", "{} kez"),
    "servers": ("bir sunucuya", "{} sunucuya"),
    "ago_minute": ("bir dakika önce", "{} dakika önce"),
    "ago_hour": ("bir saat önce", "{} saat önce"),
    "ago_day": ("bir gün önce", "{} gün önce"),
    "within_second": ("bir saniyede", "{} saniyede"),
    "within_minute": ("bir dakikada", "{} dakikada"),
    "within_hour": ("bir saatte", "{} saatte"),
    "within_day": ("bir günde", "{} günde"),
    "wait_minute": ("bir dakika sonra", "{} dakika sonra"),
    "wait_hour": ("bir saat sonra", "{} saat sonra"),
    "wait_day": ("bir gün sonra", "{} gün sonra"),
    "hold_hour": ("bir saat boyunca", "{} saat boyunca"),
}


def plural(number: int) -> int:
    """One, and all others."""
    return 0 if number == 1 else 1
